"""An archived course for its members: it can be read, but nothing can start in it."""

import pytest
from django.test import Client
from django.utils import timezone

from classroom.models import Course, Enrolment, JoinRequest
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def messages(response) -> list[str]:
    return [str(each) for each in response.context["messages"]]


@pytest.fixture
def course():
    return factories.course(factories.teacher("Ada"), name="Algebra", archived_at=NOW)


@pytest.fixture
def teacher(course):
    return signed_in(course.teachers.get())


@pytest.fixture
def student(course):
    return signed_in(factories.student_of(course))


def test_home_pages_fold_archived_courses_away(course, teacher, student):
    for client in (teacher, student):
        page = client.get("/").content.decode()
        head, fold = page.split('data-testid="courses-archived"')
        assert "Algebra" not in head
        assert f'href="/courses/{course.pk}/"' in fold


def test_camera_cannot_be_checked_for_a_course_that_holds_no_classes(course):
    for each, is_checked in ((course, False), (factories.course(), True)):
        page = signed_in(factories.student_of(each)).get(f"/courses/{each.pk}/").content.decode()
        assert ("data-camera-check" in page, "student/camera-check.js" in page) == (is_checked, is_checked)


def test_home_pages_without_archived_courses_have_no_fold():
    course = factories.course(name="Algebra")
    for user in (course.teachers.get(), factories.student_of(course)):
        assert "courses-archived" not in signed_in(user).get("/").content.decode()


@pytest.mark.services
def test_members_read_what_was_recorded(course, teacher):
    session = factories.full_session(course)
    student = signed_in(session.attendances.first().student)
    for client, report in ((teacher, f"/sessions/{session.pk}/"), (student, f"/sessions/{session.pk}/mine/")):
        page = client.get(f"/courses/{course.pk}/").content.decode()
        assert "This course was archived on" in page
        assert report in page
        assert client.get(report).status_code == 200


def test_no_class_is_offered_and_none_starts(course, teacher):
    assert "Start class" not in teacher.get(f"/courses/{course.pk}/").content.decode()
    response = teacher.post(f"/courses/{course.pk}/sessions/start/", {"topic": "Means"}, follow=True)
    assert messages(response) == ["This course is archived: no class can be started."]
    assert not course.sessions.exists()


def test_join_code_lets_nobody_in(course):
    response = signed_in(factories.user()).post("/courses/join/", {"join_code": course.join_code})
    assert response.status_code == 422
    assert "This course takes no new students at the moment." in response.content.decode()


def test_teachers_do_not_change_its_members(course, teacher):
    asking, at = factories.user(), f"/courses/{course.pk}/members/"
    JoinRequest.objects.create(course=course, student=asking, requested_at=timezone.now())
    before = Course.objects.values().get()
    for page, body in (("change/", {"approve": "all", "listed": asking.pk}), ("joining/", {"joining": "nobody"})):
        assert messages(teacher.post(at + page, body, follow=True)) == [
            "This course is archived: its members cannot be changed."
        ]
    teacher.post(at + "join-code/")
    assert Course.objects.values().get() == before
    assert not Enrolment.objects.exists()
    page = teacher.get(at).content.decode()
    assert "Who may join" not in page
    assert 'name="remove"' not in page


@pytest.mark.services
def test_teachers_do_not_change_its_assistants(course, teacher):
    ben, at = factories.assistant_of(course, "Ben"), f"/courses/{course.pk}/assistants/"
    invitation = course.assistant_invitations.create(email="cid@example.org", invited_at=timezone.now())
    for page, body in (
        ("invite/", {"email": factories.user().email}),
        ("change/", {"remove": ben.pk}),
        ("change/", {"withdraw": invitation.pk}),
    ):
        response = teacher.post(at + page, body, follow=True)
        assert messages(response) == ["This course is archived: its members cannot be changed."]
    assert (course.assistants.get(), course.assistant_invitations.get()) == (ben, invitation)
    page = teacher.get(f"/courses/{course.pk}/members/").content.decode()
    assert "Ben" in page
    assert "cid@example.org" in page
    assert [text in page for text in ("Invite an assistant", 'name="withdraw"', 'name="readmit"')] == [False] * 3


def test_students_who_were_removed_are_shown_without_buttons(course, teacher):
    course.removals.create(student=factories.user(name="Removed Student"), removed_at=NOW)
    page = teacher.get(f"/courses/{course.pk}/members/").content.decode()
    assert ("Removed Student" in page, 'name="readmit"' in page, 'name="block"' in page) == (True, False, False)


def test_nobody_becomes_its_assistant(course):
    ada = factories.user()
    course.assistant_invitations.create(email=ada.email, invitee=ada, invited_at=timezone.now())
    client = signed_in(ada)
    assert "You are invited" not in client.get("/").content.decode()
    assert client.post(f"/courses/{course.pk}/assistants/answer/", {"accept": ""}).status_code == 404
    assert not course.assistants.exists()


def test_forms_of_administrators_that_add_people_do_not_offer_it(course):
    current = factories.course()
    client = signed_in(factories.user("administrator"))
    for path in ("/administration/people/invitations/new/", "/administration/consents/record/"):
        offered = client.get(path).context["form"].fields["course"].queryset
        assert (course in offered, current in offered) == (False, True)
