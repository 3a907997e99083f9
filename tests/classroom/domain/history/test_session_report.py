from datetime import timedelta

import pytest

from classroom.domain.history.rollups import roll_up
from classroom.domain.sessions import end_session
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
END = NOW + timedelta(minutes=1)


@pytest.mark.parametrize("students", [1, 3])
def test_report_page_takes_the_same_queries_with_one_and_three_students(client, students, django_assert_num_queries):
    session = factories.session()
    for number in range(students):
        student = factories.student_of(session.course, f"Student {number}")
        factories.attendance(session, student, left_at=END)
        factories.reading(session, student, after_s=1)
    end_session(session=session, now=END)
    session.refresh_from_db()
    roll_up(session=session, now=END + timedelta(minutes=10))
    client.force_login(session.course.teachers.get())
    with django_assert_num_queries(14):
        client.get(f"/sessions/{session.pk}/")
