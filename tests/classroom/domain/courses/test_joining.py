import pytest

from classroom.domain.courses.joining import (
    BlockedFromCourse,
    JoinOutcome,
    MayNotEnrol,
    RemovedFromCourse,
    UnknownJoinCode,
    change_join_code,
    join_by_code,
    waiting_state,
)
from classroom.domain.courses.membership import block_students, remove_students
from classroom.domain.permissions import HasOtherRole
from classroom.models import Enrolment, JoinRequest
from classroom.models.course import JOIN_CODE_ALPHABET, new_join_code
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_second_enrolment_returns_the_existing_one():
    course, student = factories.course(), factories.user()
    join = {"student": student, "join_code": course.join_code, "now": NOW}
    assert join_by_code(**join) == (course, JoinOutcome.ENROLLED)
    assert join_by_code(**join) == (course, JoinOutcome.ALREADY_ENROLLED)
    assert Enrolment.objects.count() == 1


@pytest.mark.any_database
@pytest.mark.parametrize(
    "typed", ["stat2345", " STAT 2345 ", "stat-2345", "STAT\t2345", "STAT–2345", "“STAT\u200b2345.”"]
)
def test_join_code_ignores_case_spaces_and_signs(typed):
    course = factories.course(join_code="STAT2345")
    assert join_by_code(student=factories.user(), join_code=typed, now=NOW)[0] == course


@pytest.mark.any_database
@pytest.mark.parametrize("typed", ["ＳＴＡＴ２３４５", "stat२३४५", "STAT٢٣٤٥", "SТАТ2345", "sΤΑΤ2345"])
def test_join_code_may_come_from_another_keyboard(typed):
    course = factories.course(join_code="STAT2345")
    assert join_by_code(student=factories.user(), join_code=typed, now=NOW)[0] == course


@pytest.mark.any_database
@pytest.mark.parametrize("typed", ["", "   ", "STAT2346", "STAT234", "²³", "स्टैट", "-"])
def test_unknown_join_code_raises(typed):
    factories.course(join_code="STAT2345")
    with pytest.raises(UnknownJoinCode):
        join_by_code(student=factories.user(), join_code=typed, now=NOW)


def test_enrolment_of_administrators_raises():
    with pytest.raises(MayNotEnrol):
        join_by_code(student=factories.user("administrator"), join_code=factories.course().join_code, now=NOW)


def test_teacher_enrols_in_the_course_of_another():
    course = factories.course()
    assert join_by_code(student=factories.teacher(), join_code=course.join_code, now=NOW) == (
        course,
        JoinOutcome.ENROLLED,
    )


@pytest.mark.parametrize("role", ["teacher", "assistant"])
def test_enrolment_of_the_courses_own_staff_raises(role):
    course = factories.course()
    person = course.teachers.get() if role == "teacher" else factories.assistant_of(course)
    with pytest.raises(HasOtherRole) as error:
        join_by_code(student=person, join_code=course.join_code, now=NOW)
    assert error.value.role == role
    assert not course.enrolments.exists()


def test_join_codes_avoid_similar_characters():
    assert not set("0O1IL") & set(JOIN_CODE_ALPHABET)
    assert len({new_join_code() for _ in range(200)}) == 200


def test_course_that_approves_joins_takes_a_request_once():
    course, student = factories.course(approves_joins=True), factories.user()
    join = {"student": student, "join_code": course.join_code, "now": NOW}
    assert [join_by_code(**join), join_by_code(**join)] == [(course, JoinOutcome.REQUESTED)] * 2
    assert [(each.course, each.student, each.requested_at) for each in JoinRequest.objects.all()] == [
        (course, student, NOW)
    ]
    assert not Enrolment.objects.exists()


def test_student_of_a_course_that_approves_joins_asks_for_nothing():
    course = factories.course(approves_joins=True)
    student = factories.student_of(course)
    joined = join_by_code(student=student, join_code=course.join_code, now=NOW)
    assert joined == (course, JoinOutcome.ALREADY_ENROLLED)
    assert not JoinRequest.objects.exists()


def test_new_join_code_replaces_the_old_one_and_readmits_removed_students():
    course = factories.course(join_code="STAT2345")
    student = factories.student_of(course)
    remove_students(course=course, students=[student.pk])
    with pytest.raises(RemovedFromCourse):
        join_by_code(student=student, join_code="STAT2345", now=NOW)
    change_join_code(course=course)
    assert course.join_code != "STAT2345"
    with pytest.raises(UnknownJoinCode):
        join_by_code(student=student, join_code="STAT2345", now=NOW)
    assert join_by_code(student=student, join_code=course.join_code, now=NOW) == (course, JoinOutcome.ENROLLED)


def test_no_new_join_code_lets_a_blocked_student_in():
    course = factories.course()
    student = factories.student_of(course)
    block_students(course=course, students=[student.pk], now=NOW)
    change_join_code(course=course)
    with pytest.raises(BlockedFromCourse):
        join_by_code(student=student, join_code=course.join_code, now=NOW)


def test_student_waits_for_the_class_of_a_course_they_are_in():
    course = factories.course()
    student = factories.student_of(course)
    assert waiting_state(course_id=course.pk, student=student) == (True, None)
    session = factories.session(course)
    assert waiting_state(course_id=course.pk, student=student) == (True, session.pk)


def test_student_who_asked_to_join_learns_nothing_of_a_running_class():
    course, student = factories.course(approves_joins=True), factories.user()
    assert waiting_state(course_id=course.pk, student=student) is None
    factories.session(course)
    join_by_code(student=student, join_code=course.join_code, now=NOW)
    assert waiting_state(course_id=course.pk, student=student) == (False, None)


def test_teacher_waits_for_nothing():
    course = factories.course()
    assert waiting_state(course_id=course.pk, student=course.teachers.get()) is None
