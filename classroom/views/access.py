"""Fetching what a view is about, for those who may see it. To others it does not exist."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from classroom.domain.permissions import may_see_own_history, may_teach, sessions_open_to, sessions_taught
from classroom.models import ClassSession, Course


def course_taught(user: User, pk: int) -> Course:
    course = get_object_or_404(Course, pk=pk)
    if not may_teach(user, course):
        raise Http404
    return course


def course_of_student(user: User, pk: int) -> Course:
    """Her way through it, which stays hers when she has left."""
    course = get_object_or_404(Course, pk=pk)
    if not may_see_own_history(user, course):
        raise Http404
    return course


def session_taught(user: User, pk: int) -> ClassSession:
    return get_object_or_404(sessions_taught(user).select_related("course"), pk=pk)


def session_attended(user: User, pk: int) -> ClassSession:
    """To join while it runs, and for her own page of it afterwards."""
    return get_object_or_404(sessions_open_to(user).select_related("course"), pk=pk)
