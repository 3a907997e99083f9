import pytest

from accounts.invitations.lifecycle import invite
from accounts.models import SecurityEvent, User
from classroom.domain import sessions as sessions_module
from classroom.domain.courses.changes import restore_course
from classroom.domain.courses.deletion import CourseContents, begin_deletion, course_contents, finish_deletions
from classroom.domain.courses.staff import invite_assistant
from classroom.domain.sessions import SessionAlreadyRunning
from classroom.forms.people import InviteForm
from classroom.models import (
    Alert,
    Attendance,
    ClassSession,
    ClassWindow,
    Course,
    Enrolment,
    InvitedCourse,
    JoinRequest,
    Marker,
    PastEnrolment,
    RaisedHand,
    Reading,
    Removal,
    SelfReport,
    Stay,
    StudentMinute,
)
from tests import factories
from tests.classroom.domain.imports.plans import words, write
from tests.factories import NOW

pytestmark = pytest.mark.django_db
CONTENTS = CourseContents(students=4, sessions=2, readings=12, answers=4, hands=2, markers=2, alerts=2)
OF_COURSE = (ClassSession, Enrolment, PastEnrolment, JoinRequest, Removal)
OF_SESSION = (Attendance, Reading, SelfReport, RaisedHand, Marker, Alert, ClassWindow, StudentMinute)


def full_course() -> Course:
    course = factories.course()
    factories.full_session(course), factories.full_session(course)
    JoinRequest.objects.create(course=course, student=factories.user(), requested_at=NOW)
    Removal.objects.create(course=course, student=factories.user(), join_code="X", removed_at=NOW)
    factories.past_enrolment(course, factories.user(), joined_at=NOW, left_at=NOW)
    course.assistants.add(factories.user())
    invite_assistant(course=course, email="somebody@example.org", now=NOW)
    return course


def test_invited_person_does_not_get_into_a_course_that_is_being_deleted():
    course = full_course()
    fields = {"email": "zoe@example.org", "role": "teacher", "language": "en"}
    invitation = invite(**fields, invited_by=None, now=NOW)
    InvitedCourse.objects.create(invitation=invitation, course=course)
    begin_deletion(course=course, now=NOW)
    assert not InvitedCourse.objects.exists()
    form = InviteForm(
        {**fields, "addresses": fields["email"], "course": course.pk}, organisation=course.organisation_id
    )
    assert list(form.errors) == ["course"]


def courses_with_rows() -> dict[str, set[int]]:
    of_course = {each.__name__: set(each.objects.values_list("course", flat=True)) for each in OF_COURSE}
    of_session = {each.__name__: set(each.objects.values_list("session__course", flat=True)) for each in OF_SESSION}
    return of_course | of_session | {"Stay": set(Stay.objects.values_list("attendance__session__course", flat=True))}


@pytest.mark.parametrize("per_step", [1, 3, 10_000])
def test_course_is_deleted_with_all_that_was_recorded_in_it_and_nothing_else(monkeypatch, per_step):
    monkeypatch.setattr(sessions_module, "READINGS_PER_STEP", per_step)
    deleted, kept, people = full_course(), full_course(), User.objects.count()
    begin_deletion(course=deleted, now=NOW)
    assert finish_deletions() == 1
    assert list(Course.objects.all()) == [kept]
    assert set(map(frozenset, courses_with_rows().values())) == {frozenset({kept.pk})}
    assert User.objects.count() == people
    assert course_contents(kept) == CONTENTS
    assert finish_deletions() == 0


def test_beginning_counts_what_goes_and_takes_the_course_from_its_members(django_capture_on_commit_callbacks):
    course = full_course()
    with django_capture_on_commit_callbacks(execute=True):
        assert begin_deletion(course=course, now=NOW) == CONTENTS
    begun = Course.objects.get()
    assert (begun.deletion_began_at, begun.archived_at) == (NOW, NOW)
    members = (begun.teachers, begun.assistants, begun.assistant_invitations, begun.enrolments, begun.join_requests)
    assert [each.count() for each in members] == [0, 0, 0, 0, 0]
    assert restore_course(course=begun) is False
    event = SecurityEvent.objects.get(event="course_deleted")
    assert event.details == {"course": course.pk, "sessions": 2, "students": 4, "readings": 12}


def test_files_bring_nobody_into_a_course_that_is_being_deleted_and_may_use_its_id_again():
    course, student = factories.course(name="Logic", school_id="L1"), factories.user()
    begin_deletion(course=course, now=NOW)
    row = f"person,course\n{student.email},Logic\n"
    refusal = "the course is being deleted; import the file again once it is gone"
    assert words(row) == [f"2 refused: {student.email}, Logic ({refusal})"]
    write("name,school_id\nLogic,L1\n")
    write(row)
    assert not course.enrolments.exists()
    assert Course.objects.attended_by(student).get().school_id == "L1"


def test_beginning_twice_is_recorded_once(django_capture_on_commit_callbacks):
    course = factories.course()
    with django_capture_on_commit_callbacks(execute=True):
        begin_deletion(course=course, now=NOW)
        begin_deletion(course=course, now=NOW)
    assert SecurityEvent.objects.filter(event="course_deleted").count() == 1


def test_course_with_a_running_class_is_not_deleted():
    session = factories.session()
    with pytest.raises(SessionAlreadyRunning):
        begin_deletion(course=session.course, now=NOW)
    assert finish_deletions() == 0
    assert session.course.teachers.count() == 1
