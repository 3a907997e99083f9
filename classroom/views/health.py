"""For load balancers and monitoring: whether the process lives, whether the product works, and its metrics."""

import hmac
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis

from classroom.infra import metrics, process_registry
from emotions import serving

logger = logging.getLogger(__name__)

ANSWER_WITHIN_S = 2.0
LOOPBACK = ("127.0.0.1", "::1")
# What proxies add: few add all of them.
ADDED_BY_PROXIES = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")
# A part that hangs must not hang the answer; looking at it takes a thread of these.
_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="readiness")


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is looked at."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Each part with "ok" or what is wrong with it; 503 unless all are well."""
    parts = {"database": _database, **({"recogniser": _recogniser} if settings.EMBEDDED else _DISTRIBUTED)}
    looking = {name: _pool.submit(part) for name, part in parts.items()}
    found = {name: _within_time(future) for name, future in looking.items()}
    is_ready = all(word == "ok" for word in found.values())
    return JsonResponse({"ready": is_ready, "parts": found}, status=200 if is_ready else 503)


@require_safe
@never_cache
def metrics_page(request: HttpRequest) -> HttpResponse:
    if not _may_read_metrics(request):
        return HttpResponse("Only from this machine itself, or with METRICS_TOKEN.\n", "text/plain", status=403)
    return HttpResponse(process_registry.all_metrics(now=timezone.now()), content_type=metrics.CONTENT_TYPE)


def _may_read_metrics(request: HttpRequest) -> bool:
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN:
        return hmac.compare_digest(sent.encode(), settings.METRICS_TOKEN.encode())
    # Through a proxy on this machine the whole world comes from its loopback address.
    added = any(name in request.headers for name in ADDED_BY_PROXIES)
    is_forwarded = settings.ALLAUTH_TRUSTED_PROXY_COUNT > 0 or added
    return request.META["REMOTE_ADDR"] in LOOPBACK and not is_forwarded


def _within_time(future: Future[str]) -> str:
    try:
        return future.result(ANSWER_WITHIN_S)
    except TimeoutError:
        future.cancel()
        return f"no answer within {ANSWER_WITHIN_S:g} s"
    except Exception as error:
        # The log has the details, addresses among them; whoever asks has not signed in.
        logger.warning("Not ready: %s", error)
        return "away"


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()
    return "ok"


def _redis() -> str:
    cache.set("readiness", 1, 10)  # a Redis at its memory limit still answers, but takes nothing more
    for url in {settings.CACHE_URL, settings.CHANNEL_URL, settings.BROKER_URL}:
        Redis.from_url(url, socket_timeout=ANSWER_WITHIN_S, socket_connect_timeout=ANSWER_WITHIN_S).ping()
    return "ok"


def _workers() -> str:
    return "ok" if process_registry.living_workers(now=timezone.now()) else "none is alive"


def _recogniser() -> str:
    return "broken" if serving.state() == "broken" else "ok"


_DISTRIBUTED: dict[str, Callable[[], str]] = {"redis": _redis, "workers": _workers}
