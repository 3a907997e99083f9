"""Limits on requests, counted in the cache (with Redis, across all processes)."""

from typing import cast

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.models import ApiToken
from accounts.requests import SignedInRequest
from classroom.infra.rate_limits import MINUTE_S, count_event
from classroom.views.throttling import DownloadThrottle, seconds_until_allowed


class RequestThrottle(BaseThrottle):
    """API_REQUESTS_A_MINUTE per token, and per user for all their browsers together."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        key = f"token-{request.auth.pk}" if isinstance(request.auth, ApiToken) else f"user-{request.user.pk}"
        return count_event("api", key, period_s=MINUTE_S) <= settings.API_REQUESTS_A_MINUTE

    def wait(self) -> float:
        return MINUTE_S


class DownloadsThrottle(BaseThrottle):
    """DOWNLOADS_A_MINUTE per user, through the API and on the pages together."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        self._wait = seconds_until_allowed(cast(SignedInRequest, request), DownloadThrottle())
        return not self._wait

    def wait(self) -> float:
        return self._wait
