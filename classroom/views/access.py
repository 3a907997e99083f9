"""Fetch the object that a view is about. Users who may not see it get 404, as if it did not exist."""

from django.conf import settings
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from classroom.domain.permissions import (
    may_see_own_history,
    may_teach,
    may_watch,
    sessions_open_to,
    sessions_taught,
    sessions_watched,
)
from classroom.models import ClassSession, Course

LOOPBACK = ("127.0.0.1", "::1")
# Few proxies add all of these.
PROXY_HEADERS = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


def comes_from_this_machine(request: HttpRequest) -> bool:
    """Return whether a program on this machine sent the request. Behind a proxy on this machine, every request comes
    from the loopback address."""
    has_proxy_header = any(name in request.headers for name in PROXY_HEADERS)
    is_proxied = settings.ALLAUTH_TRUSTED_PROXY_COUNT > 0 or has_proxy_header
    return request.META["REMOTE_ADDR"] in LOOPBACK and not is_proxied


def course_for_teacher(user: User, pk: int) -> Course:
    """A course that the user teaches."""
    course = get_object_or_404(Course, pk=pk)
    if not may_teach(user, course):
        raise Http404
    return course


def course_for_staff(user: User, pk: int) -> Course:
    """A course that the user teaches or assists in."""
    course = get_object_or_404(Course, pk=pk)
    if not may_watch(user, course):
        raise Http404
    return course


def course_for_student(user: User, pk: int) -> Course:
    """A course whose history concerns the student, even if they have since left it."""
    course = get_object_or_404(Course, pk=pk)
    if not may_see_own_history(user, course):
        raise Http404
    return course


def session_for_teacher(user: User, pk: int) -> ClassSession:
    return get_object_or_404(sessions_taught(user).select_related("course"), pk=pk)


def session_for_staff(user: User, pk: int) -> ClassSession:
    """A session of a course that the user teaches or assists in."""
    return get_object_or_404(sessions_watched(user).select_related("course"), pk=pk)


def session_for_student(user: User, pk: int) -> ClassSession:
    """A running session that the student may join, or an ended one whose report they may see."""
    return get_object_or_404(sessions_open_to(user).select_related("course"), pk=pk)
