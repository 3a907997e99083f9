import re

import pytest
from allauth.core.context import request_context
from django.core import mail

from accounts.invitations.lifecycle import accept_with_new_account
from accounts.models import Invitation
from classroom.domain.courses.changes import archive_course
from classroom.domain.courses.invitations import InviteOutcome, add_to_course, invite_person
from classroom.domain.courses.membership import block_students
from classroom.models import Course
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _within_a_request(rf):
    with request_context(rf.get("/")):
        yield


def invite(email: str, *, role: str = "student", course: Course | None = None):
    administrator = factories.user("administrator")
    return invite_person(email=email, role=role, language="en", course=course, invited_by=administrator, now=NOW)


def accept() -> object:
    [token] = re.findall(r"/invitations/([^/]+)/", mail.outbox[-1].body)
    return accept_with_new_account(token=token, name="Zoë", password="quiet-river-41", now=NOW)


def test_invited_student_is_enrolled_in_every_course_of_the_invitation():
    history, music = factories.course(), factories.course()
    assert invite("zoe@school.example", course=history).outcome == InviteOutcome.SENT
    assert invite("zoe@school.example", course=music).outcome == InviteOutcome.SENT
    student = accept()
    assert set(Course.objects.attended_by(student)) == {history, music}


def test_invited_teacher_teaches_the_course():
    course = factories.course()
    invite("kim@school.example", role="teacher", course=course)
    assert set(Course.objects.taught_by(accept())) == {course}


def test_address_with_an_account_is_enrolled_at_once_without_a_mail():
    course, student = factories.course(), factories.user()
    outcome = invite(student.email.upper(), course=course)
    assert (outcome.outcome, outcome.user) == (InviteOutcome.ENROLLED, student)
    assert course.enrolments.get().student == student
    assert (mail.outbox, Invitation.objects.count()) == ([], 0)


@pytest.mark.parametrize("role", ["student", "teacher"])
def test_somebody_in_the_course_stays_in_it(role):
    course = factories.course()
    person = factories.student_of(course) if role == "student" else course.teachers.get()
    assert add_to_course(course=course, user=person, role=role) == InviteOutcome.IN_COURSE


@pytest.mark.parametrize(("is_now", "invited_as"), [("administrator", "student"), ("student", "teacher")])
def test_account_with_another_role_does_not_get_into_the_course(is_now, invited_as):
    course, person = factories.course(), factories.user(is_now)
    assert add_to_course(course=course, user=person, role=invited_as) == InviteOutcome.OTHER_ROLE
    assert person not in course.teachers.all()
    assert not course.enrolments.exists()


def test_invitation_does_not_lift_a_block():
    course = factories.course()
    student = factories.student_of(course)
    block_students(course=course, students=[student.pk], now=NOW)
    assert invite(student.email, course=course).outcome == InviteOutcome.BLOCKED
    assert not course.enrolments.exists()


@pytest.mark.parametrize("has_course", [True, False])
def test_person_whose_account_is_deactivated_is_reported_and_gets_into_no_course(has_course):
    former, course = factories.user(is_active=False), factories.course() if has_course else None
    invited = invite(former.email, course=course)
    assert (invited.outcome, invited.user, mail.outbox) == (InviteOutcome.DEACTIVATED, former, [])
    assert not former.enrolments.exists()


@pytest.mark.parametrize("has_course", [True, False])
def test_student_who_is_invited_as_a_teacher_is_reported_and_stays_a_student(has_course):
    student, course = factories.user(), factories.course() if has_course else None
    invited = invite(student.email, role="teacher", course=course)
    assert (invited.outcome, invited.user) == (InviteOutcome.STUDENT_ACCOUNT, student)
    student.refresh_from_db()
    assert (student.role, mail.outbox) == ("student", [])


def test_nobody_gets_into_a_course_that_was_archived_since_the_invitation():
    course = factories.course()
    invite("zoe@school.example", course=course)
    archive_course(course=course, now=NOW)
    student = accept()
    assert not student.enrolments.exists()
    assert add_to_course(course=course, user=student, role="student") == InviteOutcome.ARCHIVED
