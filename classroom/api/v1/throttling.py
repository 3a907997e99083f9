"""Limits on requests, counted in the cache: with Redis, across all processes."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.models import ApiToken
from classroom.infra.rate_limits import MINUTE_S, count_event


class RequestThrottle(BaseThrottle):
    """API_REQUESTS_A_MINUTE of each token, and of each user's browsers together."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        key = f"token-{request.auth.pk}" if isinstance(request.auth, ApiToken) else f"user-{request.user.pk}"
        return count_event("api", key, period_s=MINUTE_S) <= settings.API_REQUESTS_A_MINUTE

    def wait(self) -> float:
        return MINUTE_S
