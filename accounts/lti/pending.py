"""Remembers a launch in the cache: its state until the platform answers, then what the platform said."""

import secrets
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from pylti1p3.contrib.django.session import DjangoSessionService

from accounts.lti.platforms import accepts_launches
from accounts.models import User

# As long as the cookie with which pylti1p3 binds a state to the browser.
STATE_S = 5 * 60
# Within this time people may have to sign in or choose a course.
LAUNCH_S = 20 * 60
COOKIE = "lti_launch"


@dataclass(frozen=True)
class DeepLinkRequest:
    """The address to send the chosen course to, and what the platform wants back with it."""

    return_url: str
    data: str | None


@dataclass(frozen=True)
class Launch:
    """A platform's signed statement about one person and one of its courses.

    `platform` and `deployment` are ids of django-lti's tables, and `organisation` is the platform's; `course` and
    `session` are what a deep link opens.
    """

    platform: int
    deployment: int
    organisation: int
    issuer: str
    subject: str
    name: str
    email: str
    role: str
    context_id: str
    context_title: str
    memberships_url: str
    course: int | None
    session: int | None
    deep_link: DeepLinkRequest | None


class LaunchState(DjangoSessionService):
    """The state and the nonce of a sign-in at a platform. They are valid for one answer.

    pylti1p3's own never expire and are in the session, whose cookie browsers leave out of the platform's request.
    """

    def __init__(self) -> None:
        self._nonce = ""

    def save_nonce(self, nonce: str) -> None:
        self._nonce = nonce

    def save_state_params(self, state: str, params: dict[str, object]) -> None:
        cache.set(_state_key(state), {**params, "nonce": self._nonce}, STATE_S)

    def take(self, state: str) -> dict[str, Any] | None:
        """Return what was saved, the first time only."""
        saved = cache.get(_state_key(state))
        if saved is None or not cache.delete(_state_key(state)):
            return None
        self._nonce = saved["nonce"]
        return saved

    def check_nonce(self, nonce: str) -> bool:
        return bool(self._nonce) and secrets.compare_digest(self._nonce.encode(), str(nonce).encode())

    def check_state_is_valid(self, state: str, id_token_hash: str) -> bool:
        """pylti1p3 would accept the same token again. False leaves the decision to the browser's cookie."""
        return False

    def set_state_valid(self, state: str, id_token_hash: str) -> None:
        """Saves nothing, so as not to let the same token in again: see above."""

    def save_launch_data(self, key: str, jwt_body: Any) -> None:
        """Saves nothing: `remember_launch` keeps less than everything the platform said."""


def remember_launch(response: HttpResponse, launch: Launch) -> None:
    token = secrets.token_urlsafe(32)
    _save(token, launch, used_by=None)
    is_secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(COOKIE, token, max_age=LAUNCH_S, httponly=True, samesite="Lax", secure=is_secure)


def remembered_launch(request: HttpRequest) -> Launch | None:
    """Return the launch of this browser, unless it was used by somebody who is not signed in now, or its platform is no
    longer active."""
    saved = cache.get(_launch_key(token)) if (token := _token(request)) else None
    if saved is None or saved["used_by"] not in (None, request.user.pk):
        return None
    if not accepts_launches(saved["launch"]["deployment"]):
        return None
    deep_link = DeepLinkRequest(**saved["launch"]["deep_link"]) if saved["launch"]["deep_link"] else None
    return Launch(**{**saved["launch"], "deep_link": deep_link})


def use_launch(request: HttpRequest, launch: Launch, user: User) -> None:
    """A launch signs in once: on a shared computer it must not sign its person in again after their session ends."""
    if token := _token(request):
        _save(token, launch, used_by=user.pk)


def forget_launch(request: HttpRequest) -> None:
    if token := _token(request):
        cache.delete(_launch_key(token))


def _save(token: str, launch: Launch, *, used_by: int | None) -> None:
    cache.set(_launch_key(token), {"launch": asdict(launch), "used_by": used_by}, LAUNCH_S)


def _token(request: HttpRequest) -> str:
    token = request.COOKIES.get(COOKIE, "")
    return token if token.isascii() and len(token) == 43 else ""


def _state_key(state: str) -> str:
    return f"lti-state:{state[:100]}"


def _launch_key(token: str) -> str:
    return f"lti-launch:{token}"
