from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import SecurityEvent
from classroom.domain.courses.joining import JoinOutcome, join_by_code
from classroom.domain.courses.membership import (
    approve_requests,
    block_students,
    decline_requests,
    leave_course,
    obsolete_past_enrolments,
    readmit_students,
    remove_students,
    unblock_students,
)
from classroom.models import Enrolment, JoinRequest, PastEnrolment, Removal
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


def end_by(how, course, student) -> None:
    if how == "leave":
        leave_course(course=course, student=student)
    elif how == "remove":
        remove_students(course=course, students=[student.pk])
    elif how == "block":
        block_students(course=course, students=[student.pk], now=timezone.now())
    elif how == "one row":
        Enrolment.objects.get(student=student).delete()
    else:
        Enrolment.objects.filter(course=course).delete()


@pytest.mark.parametrize("how", ["leave", "remove", "block", "one row", "rows"])
def test_every_exit_leaves_a_past_enrolment(course, ada, how):
    Enrolment.objects.update(joined_at=NOW)
    began = timezone.now()
    end_by(how, course, ada)
    past = PastEnrolment.objects.get()
    assert (past.course, past.student, past.joined_at, past.removed) == (course, ada, NOW, how != "leave")
    assert began <= past.left_at <= timezone.now()


def test_each_exit_leaves_its_own_past_enrolment(course, ada):
    for how in ("remove", "leave", "remove"):
        end_by(how, course, ada)
        Enrolment.objects.create(course=course, student=ada)
    ended = PastEnrolment.objects.order_by("pk")
    assert list(ended.values_list("removed", flat=True)) == [True, False, True]


def test_deleted_student_or_course_leaves_no_past_enrolment(course, ada):
    ben = factories.student_of(course, "Ben")
    leave_course(course=course, student=ada)
    ada.delete()
    ben.delete()
    factories.student_of(course, "Cy")
    course.delete()
    assert not PastEnrolment.objects.exists()


def test_past_enrolment_is_useful_as_long_as_a_class_from_that_time_is_kept(course, ada):
    hour = timedelta(hours=1)
    before, during, at_end, running = (
        factories.session(course, started_at=NOW + start * hour, ended_at=None if end is None else NOW + end * hour)
        for start, end in ((-2, -1), (-1, 0), (3, 4), (9, None))
    )
    factories.session(started_at=NOW, ended_at=NOW + hour)
    useful, obsolete, still = (
        factories.past_enrolment(course, ada, joined_at=NOW + start * hour, left_at=NOW + end * hour)
        for start, end in ((0, 3), (5, 8), (9, 10))
    )
    assert set(obsolete_past_enrolments()) == {obsolete}
    for session in (before, during):
        session.delete()
    assert set(obsolete_past_enrolments()) == {obsolete}
    for session in (at_end, running):
        session.delete()
    assert set(obsolete_past_enrolments()) == {useful, obsolete, still}


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
