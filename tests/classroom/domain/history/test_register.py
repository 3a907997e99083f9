"""The register of a course: exact marks and counts."""

from datetime import timedelta

import pytest

from classroom.domain.courses.joining import join_by_code
from classroom.domain.courses.membership import leave_course
from classroom.domain.history.register import build_register, sessions_missed
from classroom.domain.sessions import end_session
from classroom.models import Enrolment, PastEnrolment
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def course():
    return factories.course()


def enrolled(course, name, *, at=NOW):
    student = factories.student_of(course, name)
    Enrolment.objects.filter(student=student).update(joined_at=at)
    return student


def hold(course, day, **times):
    """A class of half an hour; `times`: for each student the minutes of joining and leaving."""
    start = NOW + day * DAY
    session = factories.session(course, started_at=start)
    for student, (joined, left) in times.values():
        factories.attendance(session, student, joined_at=start + joined * MINUTE, left_at=start + left * MINUTE)
    end_session(session=session, now=start + 30 * MINUTE)
    session.refresh_from_db()
    return session


def register_of(course):
    return build_register(sessions=list(course.sessions.ended()), now=NOW + 100 * DAY)


def test_register_marks_and_counts_each_student_in_order_of_time(course):
    ada, ben, cy = (enrolled(course, name) for name in ("Ada", "Ben", "Cy"))
    new = enrolled(course, "New", at=NOW + 2 * DAY)
    hold(course, 1, ada=(ada, (0, 30)), ben=(ben, (6, 30)))
    hold(course, 0, ada=(ada, (0, 30)), ben=(ben, (6, 20)), cy=(cy, (1, 24)))
    hold(course, 3, new=(new, (0, 30)))
    found = register_of(course)
    assert [session.started_at for session in found.sessions] == [NOW, NOW + DAY, NOW + 3 * DAY]
    assert {row.person.name: row.marks for row in found.rows} == {
        "Ada": ["present", "present", "absent"],
        "Ben": ["late_and_left_early", "late", "absent"],
        "Cy": ["left_early", "absent", "absent"],
        "New": ["", "", "present"],
    }
    counts = {row.person.name: (row.attended, row.absent, row.late, row.left_early) for row in found.rows}
    assert counts == {"Ada": (2, 1, 0, 0), "Ben": (2, 1, 2, 1), "Cy": (1, 2, 0, 1), "New": (1, 0, 0, 0)}


def test_register_keeps_a_removed_student_where_they_were_there(course):
    ada = enrolled(course, "Ada")
    hold(course, 0, ada=(ada, (0, 30)))
    hold(course, 1)
    ada.enrolments.all().delete()
    [row] = register_of(course).rows
    assert (row.marks, row.absent) == (["present", ""], 0)


def test_register_of_a_student_who_came_back_leaves_out_classes_between_the_enrolments(course):
    ada = enrolled(course, "Ada", at=NOW + DAY)
    before, first, _between, second = hold(course, 0), hold(course, 1), hold(course, 4), hold(course, 7)
    leave_course(course=course, student=ada)
    PastEnrolment.objects.update(left_at=NOW + 3 * DAY)
    assert register_of(course).rows == []
    join_by_code(student=ada, join_code=course.join_code, now=NOW + 6 * DAY)
    Enrolment.objects.update(joined_at=NOW + 6 * DAY)
    assert before in course.sessions.all()
    [row] = register_of(course).rows
    assert row.marks == ["", "absent", "", "absent"]
    assert list(sessions_missed(course=course, student=ada)) == [second, first]


def test_register_of_nobody_has_no_rows(course):
    hold(course, 0)
    assert register_of(course).rows == []


def test_register_names_the_sessions_of_a_mark(course):
    ada = enrolled(course, "Ada")
    missed = hold(course, 0)
    hold(course, 1, ada=(ada, (0, 30)))
    found = register_of(course)
    assert found.sessions_with(found.rows[0], "absent") == [missed]


def test_missed_sessions_are_those_that_the_register_marks(course):
    ada = enrolled(course, "Ada", at=NOW + DAY)
    hold(course, 0)
    expected = [hold(course, day) for day in (3, 2)]
    hold(course, 4, ada=(ada, (0, 30)))
    factories.session(course, started_at=NOW + 5 * DAY)
    assert list(sessions_missed(course=course, student=ada)) == expected
    found = register_of(course)
    assert found.sessions_with(found.rows[0], "absent") == expected[::-1]


@pytest.mark.parametrize("count", [1, 3])
def test_register_takes_three_queries(course, count, django_assert_num_queries):
    students = [enrolled(course, f"Student {number}") for number in range(count)]
    for day in range(count):
        hold(course, day, **{str(each.pk): (each, (0, 30)) for each in students})
        factories.past_enrolment(course, students[0], joined_at=NOW, left_at=NOW)
    sessions = list(course.sessions.ended())
    with django_assert_num_queries(3):
        assert len(build_register(sessions=sessions, now=NOW + 100 * DAY).rows) == count
