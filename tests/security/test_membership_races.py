"""A student who keeps joining while a teacher removes or blocks them."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Event

import pytest
from django.db import connections, transaction

from classroom.domain.courses.joining import (
    BlockedFromCourse,
    RemovedFromCourse,
    UnknownJoinCode,
    change_join_code,
    join_by_code,
)
from classroom.domain.courses.membership import (
    approve_requests,
    block_students,
    leave_course,
    readmit_students,
    remove_students,
    withdraw_request,
)
from classroom.models import Course, Enrolment, JoinRequest, Removal
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)
# A join that does not wait for the teacher's transaction ends long before.
WITHOUT_WAITING_S = 1


@pytest.fixture
def course():
    return factories.course(join_code="STAT2345")


@pytest.fixture
def ada(course):
    return factories.student_of(course, "Ada")


def join_meanwhile(student, change) -> BaseException | None:
    """Join while the transaction of `change` is open. Return what the join raised."""
    began = Event()

    def join() -> None:
        began.set()
        try:
            join_by_code(student=student, join_code="STAT2345", now=NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            change()
            joining: Future[None] = pool.submit(join)
            assert began.wait(60)
            wait([joining], timeout=WITHOUT_WAITING_S)
        return joining.exception(60)


def test_join_during_a_block_is_refused(course, ada):
    refusal = join_meanwhile(ada, lambda: block_students(course=course, students=[ada.pk], now=NOW))
    assert type(refusal) is BlockedFromCourse
    assert not Enrolment.objects.exists()
    assert Removal.objects.get().blocked is True


def test_join_during_a_removal_is_refused(course, ada):
    refusal = join_meanwhile(ada, lambda: remove_students(course=course, students=[ada.pk]))
    assert type(refusal) is RemovedFromCourse
    assert not Enrolment.objects.exists()


def test_join_while_the_code_changes_is_refused(course):
    refusal = join_meanwhile(factories.user(), lambda: change_join_code(course=course))
    assert type(refusal) is UnknownJoinCode
    assert not Enrolment.objects.exists()


def test_join_while_approval_is_switched_on_becomes_a_request(course):
    student = factories.user()
    assert join_meanwhile(student, lambda: Course.objects.update(approves_joins=True)) is None
    assert not Enrolment.objects.exists()
    assert JoinRequest.objects.get().student == student


def test_block_survives_an_enrolment_and_leaving_it(course, ada):
    block_students(course=course, students=[ada.pk], now=NOW)
    Enrolment.objects.create(course=course, student=ada)
    assert Removal.objects.get().blocked is True
    assert leave_course(course=course, student=ada) is True
    assert Removal.objects.get().blocked is True
    with pytest.raises(BlockedFromCourse):
        join_by_code(student=ada, join_code="STAT2345", now=NOW)


def test_request_of_a_blocked_student_cannot_be_approved(course, ada):
    block_students(course=course, students=[ada.pk], now=NOW)
    JoinRequest.objects.create(course=course, student=ada, requested_at=NOW)
    assert approve_requests(course=course, students=[ada.pk]) == []
    assert not Enrolment.objects.exists()
    withdraw_request(course=course, student=ada)
    assert not JoinRequest.objects.exists()
    assert Removal.objects.get().blocked is True


def test_readmitting_lifts_the_block(course, ada):
    block_students(course=course, students=[ada.pk], now=NOW)
    assert readmit_students(course=course, students=[ada.pk]) == [ada]
    assert not Removal.objects.exists()
    assert Enrolment.objects.get().student == ada
