"""Everything that the product's modules remember for the life of a process: how a test starts without what another has
left behind, and what may stay. tests/config/test_process_state.py finds state that is missing here."""

import math
from collections.abc import Callable
from functools import partial

from django.core.cache import caches
from django.utils import translation

from classroom.domain.readings import permission_cache, statements
from classroom.infra import (
    analysis_costs,
    circuit_breaker,
    events,
    metrics,
    missed_heartbeats,
    pending_store,
    process_registry,
    redis,
    redis_pool,
    snapshot_queue,
)
from classroom.tasks import background, course_deletion, follow_session, imports, password_mails, webhooks
from classroom.views import health

RESETS: dict[str, Callable[[], object]] = {
    "classroom.domain.readings.permission_cache._recently_cached": permission_cache._recently_cached.clear,
    # Compiled with the settings of a test.
    "classroom.domain.readings.statements._select_attendances": statements._select_attendances.cache_clear,
    "classroom.domain.readings.statements._update_attendances": statements._update_attendances.cache_clear,
    "classroom.infra.analysis_costs._last_costs": analysis_costs._last_costs.clear,
    "classroom.infra.circuit_breaker._open_until": circuit_breaker.reset,
    "classroom.infra.events._server_loop": partial(setattr, events, "_server_loop", None),
    "classroom.infra.events._unnumbered": events._unnumbered.clear,
    "classroom.infra.missed_heartbeats._noted_at": missed_heartbeats.reset,
    "classroom.infra.metrics.recent": metrics.recent.clear,
    "classroom.infra.pending_store._memory": pending_store._memory.entries.clear,
    "classroom.infra.process_registry._number": partial(setattr, process_registry, "_number", 1),
    "classroom.infra.redis.channels_client": redis.channels_client.cache_clear,
    "classroom.infra.redis.redis_client": redis.redis_client.cache_clear,
    "classroom.infra.redis_pool._open_until": redis_pool._open_until.clear,
    "classroom.infra.snapshot_queue._memory": snapshot_queue._memory.cache_clear,
    "classroom.tasks.background._thread": background.stop,
    "classroom.tasks.follow_session._logged_at": partial(setattr, follow_session, "_logged_at", -math.inf),
    "classroom.tasks.follow_session._noted": follow_session._noted.clear,
    "classroom.tasks.webhooks._timer": webhooks.cancel_timer,
    "classroom.views.health._last": partial(setattr, health, "_last", None),
}
KEPT = {
    "accounts.sign_in.hashers._threads": "threads without memory",
    "accounts.sign_in.password_validators._lock": "held for a moment",
    "accounts.time_zones.time_zone_names": "the same for all",
    "classroom.api.v1.docs.openapi": "the same for all",
    "classroom.consumers.analysis._pool": "threads without memory",
    "classroom.infra.analysis_costs._lock": "held for a moment",
    "classroom.infra.metrics.registry": "counters only grow, and tests read the difference",
    "classroom.infra.version.product_version": "the same for all",
    "classroom.tasks.background._lock": "held for a moment",
    "classroom.tasks.background._stop_requested": "clear once the thread has ended",
    "classroom.tasks.course_deletion.thread": "a thread without memory; each test ends when it is idle",
    "classroom.tasks.follow_session._pool": "a thread without memory; each test ends when it is idle",
    "classroom.infra.upload_tickets._signer": "the same for all",
    "classroom.tasks.imports.thread": "a thread without memory; each test ends when it is idle",
    "classroom.tasks.password_mails.thread": "a thread without memory; each test ends when it is idle",
    "classroom.tasks.webhooks.thread": "a thread without memory; each test ends when it is idle",
    "classroom.templatetags.formatting._answer_words": "the same for all",
    "classroom.templatetags.formatting._expression_words": "the same for all",
    "classroom.templatetags.formatting._register_cells": "the same for all",
    "classroom.views.health._checking": "held for a moment",
    "classroom.views.health._pool": "threads without memory",
    "config.celery.app": "the same for all",
    "config.face_files._folders": "the same for all",
    "config.script_modules.module_graph": "the same for all",
    "emotions.blazeface.weights_folder": "the same for all",
    "emotions.serving._lock": "held for a moment",
    "emotions.serving._shared": "loading it takes a second; the same for all",
    "emotions.serving._state": "as _shared; a test that needs another sets it",
    "emotions.synthetic.drawn_people.drawn_person": "the same for all",
    "emotions.synthetic.drawn_people.empty_room": "the same for all",
    "emotions.synthetic.portraits.portrait": "the same for all",
}


def reset() -> None:
    translation.deactivate()
    for cache in caches.all():
        cache.clear()
    for forget in RESETS.values():
        forget()


def wait_until_idle() -> None:
    follow_session.wait_until_idle()
    for thread in (imports.thread, course_deletion.thread, password_mails.thread, webhooks.thread):
        thread.wait_until_idle()
    background.stop()
