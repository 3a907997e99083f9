"""Fetching what a view is about, for those who may see it. To others it does not exist."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from classroom.domain.permissions import may_attend, may_teach
from classroom.models import ClassSession, Course


def course_taught(user: User, pk: int) -> Course:
    course = get_object_or_404(Course, pk=pk)
    if not may_teach(user, course):
        raise Http404
    return course


def session_taught(user: User, pk: int) -> ClassSession:
    session = get_object_or_404(ClassSession.objects.select_related("course"), pk=pk)
    if not may_teach(user, session.course):
        raise Http404
    return session


def session_attended(user: User, pk: int) -> ClassSession:
    session = get_object_or_404(ClassSession.objects.select_related("course"), pk=pk)
    if not may_attend(user, session):
        raise Http404
    return session
