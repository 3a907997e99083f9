"""Notifies open pages of running classes after an import. Bulk changes send no signals to the receivers."""

from collections import defaultdict
from collections.abc import Collection
from functools import partial

from django.db import transaction

from classroom.infra import events
from classroom.models import ClassSession, Course, Enrolment


def refresh_open_pages(*, users: Collection[int], courses: Collection[int]) -> None:
    """Once the transaction is committed, make the classes of these users and courses reload, and their pages check
    whether they are still allowed."""
    running = dict(ClassSession.objects.running().values_list("pk", "course_id"))
    members = defaultdict(set)
    for course, user in Enrolment.objects.filter(course__in=running.values()).values_list("course", "student"):
        members[course].add(user)
    for table in (Course.teachers.through, Course.assistants.through):
        for course, user in table.objects.filter(course__in=running.values()).values_list("course", "user"):
            members[course].add(user)
    for session, course in running.items():
        if course in courses or not members[course].isdisjoint(users):
            transaction.on_commit(partial(_refresh, session))


def _refresh(session: int) -> None:
    events.publish_course_changed(session)
    events.publish_class_changed(session)
    events.publish_access_changed(events.session_group(session))
