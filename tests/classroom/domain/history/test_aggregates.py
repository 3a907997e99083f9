import gc
import tracemalloc
from datetime import timedelta

import pytest

from classroom.domain.history.aggregates import reading_totals
from classroom.models import Reading
from tests import factories

pytestmark = pytest.mark.django_db
STUDENTS, WINDOWS = 20, 200


def read_every_window(session, students):
    Reading.objects.bulk_create(
        Reading(
            session=session,
            student=student,
            seq=window,
            captured_at=session.started_at + timedelta(seconds=10 * window),
            received_at=session.started_at + timedelta(seconds=10 * window),
            model="test",
            faces=1,
            expression="happy",
            **factories.shares("happy"),
        )
        for student in students
        for window in range(WINDOWS)
    )


@pytest.fixture
def sessions():
    """Two sessions of the same students, never rolled up."""
    course = factories.course()
    students = [factories.student_of(course) for _ in range(STUDENTS)]
    sessions = []
    for day in (0, 1):
        started_at = factories.NOW + timedelta(days=day)
        sessions.append(factories.session(course, started_at=started_at, ended_at=started_at + timedelta(hours=1)))
        read_every_window(sessions[-1], students)
    return sessions


def test_sessions_not_rolled_up_take_one_query(sessions, django_assert_num_queries):
    with django_assert_num_queries(1):
        totals = reading_totals(sessions=sessions)
    assert len(totals) == 2 * STUDENTS
    assert all((each.readings, each.counts["happy"]) == (WINDOWS, WINDOWS) for each in totals.values())


def test_sessions_not_rolled_up_are_not_held_in_memory_as_a_whole(sessions):
    """One student's windows take 0.1 MB, those of both sessions 5 MB."""
    gc.collect()
    tracemalloc.start()
    try:
        reading_totals(sessions=sessions)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000
