import pytest

from classroom.domain.courses.joining import JoinOutcome, join_by_code
from classroom.domain.courses.membership import approve_requests, block_students, readmit_students, remove_students
from classroom.domain.courses.staff import (
    LastTeacher,
    MayNotBeStaff,
    add_assistant,
    add_teacher,
    remove_assistant,
    remove_teacher,
)
from classroom.domain.permissions import HasOtherRole, role_in
from classroom.models import JoinRequest
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return factories.course()


@pytest.mark.parametrize("role", ["student", "teacher"])
def test_assistant_may_have_either_account(course, role):
    person = factories.user(role)
    assert add_assistant(course=course, user=person) is True
    assert add_assistant(course=course, user=person) is False
    assert (list(course.assistants.all()), role_in(course, person)) == ([person], "assistant")


def test_teacher_needs_a_teachers_account(course):
    colleague = factories.teacher()
    assert add_teacher(course=course, user=colleague) is True
    assert add_teacher(course=course, user=colleague) is False
    with pytest.raises(MayNotBeStaff):
        add_teacher(course=course, user=factories.user())
    assert course.teachers.count() == 2


@pytest.mark.parametrize(("add", "role"), [(add_teacher, "teacher"), (add_assistant, "student")])
def test_closed_account_is_no_staff(course, add, role):
    with pytest.raises(MayNotBeStaff):
        add(course=course, user=factories.user(role, is_active=False))


@pytest.mark.parametrize("add", [add_teacher, add_assistant])
def test_administrator_is_no_staff(course, add):
    with pytest.raises(MayNotBeStaff):
        add(course=course, user=factories.user("administrator"))


def test_simulated_person_is_staff_of_simulated_courses_alone(course):
    person = factories.user()
    person.email = "one@simulation.invalid"
    with pytest.raises(MayNotBeStaff):
        add_assistant(course=course, user=person)
    assert add_assistant(course=factories.course(simulated=True), user=person) is True


@pytest.mark.parametrize(
    ("present", "add"),
    [("teacher", add_assistant), ("student", add_assistant), ("student", add_teacher), ("assistant", add_teacher)],
)
def test_nobody_has_two_roles_in_a_course(course, present, add):
    person = factories.teacher()
    if present == "student":
        join_by_code(student=person, join_code=course.join_code, now=NOW)
    else:
        getattr(course, f"{present}s").add(person)
    with pytest.raises(HasOtherRole) as error:
        add(course=course, user=person)
    assert (error.value.role, role_in(course, person)) == (present, present)


def test_one_person_has_different_roles_in_three_courses(course):
    person = course.teachers.get()
    assisted, attended = factories.course(), factories.course()
    add_assistant(course=assisted, user=person)
    assert join_by_code(student=person, join_code=attended.join_code, now=NOW)[1] == JoinOutcome.ENROLLED
    assert [role_in(each, person) for each in (course, assisted, attended)] == ["teacher", "assistant", "student"]


def test_course_keeps_a_teacher_who_can_sign_in(course):
    teacher, former = course.teachers.get(), factories.user("teacher", is_active=False)
    course.teachers.add(former)
    with pytest.raises(LastTeacher):
        remove_teacher(course=course, user=teacher)
    assert remove_teacher(course=course, user=former) is True
    assert remove_teacher(course=course, user=former) is False
    assert list(course.teachers.all()) == [teacher]


def test_removed_assistant_may_join_as_a_student(course):
    assistant = factories.assistant_of(course)
    assert remove_assistant(course=course, user=assistant) is True
    assert remove_assistant(course=course, user=assistant) is False
    assert join_by_code(student=assistant, join_code=course.join_code, now=NOW)[1] == JoinOutcome.ENROLLED


def test_new_assistant_is_no_longer_a_removed_student_nor_waiting_to_be_let_in(course):
    ada, ben = factories.student_of(course), factories.user()
    remove_students(course=course, students=[ada.pk])
    JoinRequest.objects.create(course=course, student=ben, requested_at=NOW)
    add_assistant(course=course, user=ada)
    add_assistant(course=course, user=ben)
    assert (course.removals.count(), course.join_requests.count()) == (0, 0)


def test_staff_are_neither_readmitted_nor_approved(course):
    """An administrator's form may have made them staff in the meantime."""
    ada, ben = factories.student_of(course), factories.user()
    block_students(course=course, students=[ada.pk], now=NOW)
    JoinRequest.objects.create(course=course, student=ben, requested_at=NOW)
    course.assistants.add(ada)
    course.teachers.add(ben)
    assert readmit_students(course=course, students=[ada.pk]) == []
    assert approve_requests(course=course, students=[ben.pk]) == []
    assert not course.enrolments.exists()
