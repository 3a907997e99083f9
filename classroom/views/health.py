"""Endpoints for load balancers and monitoring: liveness, readiness and metrics."""

import hmac
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import uuid4

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis

from classroom.infra import metrics, process_registry
from classroom.infra.process_registry import count_live_workers
from classroom.views.access import comes_from_this_machine
from emotions import serving

logger = logging.getLogger(__name__)

CHECK_TIMEOUT_S = 2.0
# Checks write and lock, and anyone may call them, so results are cached this long.
READINESS_CACHE_S = 2.0
# Each check runs in a thread, so that a hanging dependency does not hang the response.
_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="readiness")
_checking = threading.Lock()
# The last outcome and when it was found, on the monotonic clock.
_last: tuple[dict[str, str], float] | None = None


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Liveness: the process answers. Nothing else is checked."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Readiness: status 503 unless everything is ok."""
    results = readiness()
    is_ready = all(result == "ok" for result in results.values())
    return JsonResponse({"ready": is_ready, "parts": results}, status=200 if is_ready else 503)


def readiness() -> dict[str, str]:
    """Return "ok" or the problem for each dependency."""
    global _last
    with _checking:
        if _last is None or time.monotonic() - _last[1] >= READINESS_CACHE_S:
            _last = _check_all(), time.monotonic()
        return _last[0]


def _check_all() -> dict[str, str]:
    checks: dict[str, Callable[[], str]] = {"database": _check_database}
    if settings.EMBEDDED:
        checks["recogniser"] = lambda: "broken" if serving.state() == "broken" else "ok"
    else:
        checks["redis"] = _check_redis
        checks["workers"] = lambda: "ok" if count_live_workers(now=timezone.now()) else "none is alive"
    running = {name: _pool.submit(check) for name, check in checks.items()}
    return {name: _result(future) for name, future in running.items()}


@require_safe
@never_cache
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Return the metrics of all processes in Prometheus format, to this machine or for METRICS_TOKEN."""
    if not _may_read_metrics(request):
        text = 'Forbidden: ask from this machine, or send "Authorization: Bearer METRICS_TOKEN".\n'
        return HttpResponse(text, "text/plain", status=403)
    return HttpResponse(process_registry.all_metrics(now=timezone.now()), content_type=metrics.CONTENT_TYPE)


def _may_read_metrics(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(sent.encode(), settings.METRICS_TOKEN.encode())
    return comes_from_this_machine(request)


def _result(future: Future[str]) -> str:
    try:
        return future.result(CHECK_TIMEOUT_S)
    except TimeoutError:
        future.cancel()
        return f"no answer within {CHECK_TIMEOUT_S:g} s"
    except Exception as error:
        # Only the log gets the details, which may include addresses, because the client has not signed in.
        logger.warning("Readiness check failed: %s", error)
        return "unavailable"


def _check_database() -> str:
    # A write that is rolled back. Asking whether the server is in recovery or read-only would find neither a full disk,
    # nor a missing privilege, nor SQLite's lock, and two of these look healthy to a query.
    try:
        with transaction.atomic():
            Session.objects.create(session_key=f"readyz-{uuid4().hex}", session_data="", expire_date=timezone.now())
            transaction.set_rollback(True)
    finally:
        connection.close()
    return "ok"


def _check_redis() -> str:
    cache.set("readiness", 1, 10)  # a Redis at its memory limit still answers PING, but refuses writes
    for url in {settings.CACHE_URL, settings.CHANNEL_URL, settings.BROKER_URL}:
        Redis.from_url(url, socket_timeout=CHECK_TIMEOUT_S, socket_connect_timeout=CHECK_TIMEOUT_S).ping()
    return "ok"
