from datetime import timedelta

import pytest

from classroom.domain.history.comparison import session_rows, sessions_held
from classroom.domain.sessions import end_session
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
END = NOW + timedelta(minutes=1)


@pytest.fixture
def session():
    """An ended session that two enrolled students attended."""
    session = factories.session()
    for name in ("Ada", "Ben"):
        student = factories.student_of(session.course, name)
        student.enrolments.update(joined_at=NOW)
        factories.attendance(session, student, left_at=END)
    end_session(session=session, now=END)
    return session


def attended_and_enrolled(session):
    [row] = session_rows(sessions=sessions_held(course=session.course), now=END)
    return row.summary.attended, row.summary.enrolled


def test_students_enrolled_after_the_end_do_not_count_as_missing(session):
    factories.student_of(session.course)
    assert attended_and_enrolled(session) == (2, 2)


def test_students_enrolled_before_the_end_count_as_missing(session):
    factories.student_of(session.course).enrolments.update(joined_at=END)
    assert attended_and_enrolled(session) == (2, 3)


def test_students_removed_from_the_course_later_count_as_enrolled(session):
    session.course.enrolments.first().delete()
    assert attended_and_enrolled(session) == (2, 2)
