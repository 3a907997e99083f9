"""Fetching what a view is about, for those who may see it. To others it does not exist."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from classroom.domain.permissions import may_attend, may_teach
from classroom.models import ClassSession, Course


def course_taught(request: HttpRequest, pk: int) -> Course:
    course = get_object_or_404(Course, pk=pk)
    if not may_teach(request.user, course):
        raise Http404
    return course


def session_taught(request: HttpRequest, pk: int) -> ClassSession:
    session = get_object_or_404(ClassSession.objects.select_related("course"), pk=pk)
    if not may_teach(request.user, session.course):
        raise Http404
    return session


def session_attended(request: HttpRequest, pk: int) -> ClassSession:
    session = get_object_or_404(ClassSession.objects.select_related("course"), pk=pk)
    if not may_attend(request.user, session):
        raise Http404
    return session
