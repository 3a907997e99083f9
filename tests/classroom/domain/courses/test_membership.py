import pytest

from accounts.models import SecurityEvent
from classroom.domain.courses.joining import JoinOutcome, join_by_code
from classroom.domain.courses.membership import (
    approve_requests,
    block_students,
    decline_requests,
    leave_course,
    readmit_students,
    remove_students,
    unblock_students,
)
from classroom.models import Enrolment, JoinRequest, Removal
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return factories.course()


@pytest.fixture
def ada(course):
    return factories.student_of(course, "Ada")


def request_of(course, name: str):
    student = factories.user("student", name)
    JoinRequest.objects.create(course=course, student=student, requested_at=NOW)
    return student


def test_student_who_leaves_may_join_again_with_the_same_code(course, ada):
    assert leave_course(course=course, student=ada) is True
    assert not Enrolment.objects.exists()
    assert not Removal.objects.exists()
    joined = join_by_code(student=ada, join_code=course.join_code, now=NOW)
    assert joined == (course, JoinOutcome.ENROLLED)


def test_blocked_student_cannot_lift_the_block_by_leaving(course, ada):
    block_students(course=course, students=[ada.pk], now=NOW)
    assert leave_course(course=course, student=ada) is False
    assert Removal.objects.get().blocked is True


def test_removed_student_is_remembered_and_logged(course, ada, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert remove_students(course=course, students=[ada.pk]) == [ada]
    assert not Enrolment.objects.exists()
    removal = Removal.objects.get()
    assert (removal.student, removal.join_code, removal.blocked) == (ada, course.join_code, False)
    event = SecurityEvent.objects.get(event="student_removed")
    assert (event.subject_id, event.details) == (ada.pk, {"course": course.pk})


def test_blocking_ends_the_enrolment_and_the_request(course, ada, django_capture_on_commit_callbacks):
    ben = request_of(course, "Ben")
    with django_capture_on_commit_callbacks(execute=True):
        blocked = block_students(course=course, students=[ada.pk, ben.pk], now=NOW)
    assert {each.name for each in blocked} == {"Ada", "Ben"}
    assert not Enrolment.objects.exists()
    assert not JoinRequest.objects.exists()
    assert dict(Removal.objects.values_list("student__name", "blocked")) == {"Ada": True, "Ben": True}
    assert set(SecurityEvent.objects.filter(event="student_blocked").values_list("subject_id", flat=True)) == {
        ada.pk,
        ben.pk,
    }


def test_student_who_was_removed_can_be_blocked_and_unblocked(course, ada):
    remove_students(course=course, students=[ada.pk])
    assert block_students(course=course, students=[ada.pk], now=NOW) == [ada]
    assert Removal.objects.get().blocked is True
    assert unblock_students(course=course, students=[ada.pk]) == [ada]
    assert not Removal.objects.exists()
    assert not Enrolment.objects.exists()


def test_unblocking_leaves_other_removals(course, ada):
    remove_students(course=course, students=[ada.pk])
    assert unblock_students(course=course, students=[ada.pk]) == []
    assert Removal.objects.get().student == ada


@pytest.mark.parametrize("blocks", [False, True])
def test_readmitted_student_is_enrolled(course, ada, blocks):
    if blocks:
        block_students(course=course, students=[ada.pk], now=NOW)
    else:
        remove_students(course=course, students=[ada.pk])
    assert readmit_students(course=course, students=[ada.pk]) == [ada]
    assert Enrolment.objects.get().student == ada
    assert not Removal.objects.exists()


def test_approved_student_is_enrolled_and_a_declined_one_may_ask_again(course):
    course.approves_joins = True
    course.save()
    ada, ben = request_of(course, "Ada"), request_of(course, "Ben")
    assert approve_requests(course=course, students=[ada.pk]) == [ada]
    assert decline_requests(course=course, students=[ben.pk]) == [ben]
    assert Enrolment.objects.get().student == ada
    assert not JoinRequest.objects.exists()
    assert join_by_code(student=ben, join_code=course.join_code, now=NOW) == (course, JoinOutcome.REQUESTED)


def test_people_of_other_courses_are_left_out(course):
    other = factories.course()
    strangers = [factories.student_of(other), request_of(other, "Ben"), factories.user(), other.teachers.get()]
    removed = factories.student_of(other)
    remove_students(course=other, students=[removed.pk])
    ids = [each.pk for each in [*strangers, removed]]
    changes = [approve_requests, decline_requests, remove_students, unblock_students, readmit_students]
    assert [change(course=course, students=ids) for change in changes] == [[]] * 5
    assert block_students(course=course, students=ids, now=NOW) == []
    assert (Enrolment.objects.count(), JoinRequest.objects.count(), Removal.objects.count()) == (1, 1, 1)


def test_enrolment_by_an_administrator_answers_the_request(course):
    student = request_of(course, "Ada")
    Enrolment.objects.create(course=course, student=student)
    assert not JoinRequest.objects.exists()
