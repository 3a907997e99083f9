"""The account page: profile, courses, and deleting the account."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from accounts.models import SecurityEvent, User
from classroom.models import Attendance, Course, CourseConsent, Marker, RaisedHand, Reading, Removal, SelfReport
from tests import factories
from tests.classroom.views.account_people import client_of, student_with_data
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PAGE, DATA, DELETE = "/accounts/", "/accounts/data/", "/accounts/delete/"
DELETED = "Your account is deleted, with everything about you except account activity, which does not name you and is "


def words(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def session():
    return factories.session(ended_at=NOW + timedelta(hours=1))


@pytest.fixture
def student(session):
    return student_with_data(session)


def test_page_and_file_need_a_sign_in(client):
    for path in (PAGE, DATA, DELETE):
        assert client.get(path).url == f"/accounts/login/?next={path}"


# --- profile


@pytest.mark.services
def test_name_language_and_time_zone_are_saved(student, django_capture_on_commit_callbacks):
    client = client_of(student)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(PAGE, {"name": " Zoë  B ", "language": "hi", "time_zone": "Asia/Kolkata"}, follow=True)
    student.refresh_from_db()
    assert (student.name, student.language, student.time_zone) == ("Zoë B", "hi", "Asia/Kolkata")
    assert ('<html lang="hi"' in response.content.decode(), "सहेज लिया गया।" in words(response)) == (True, True)
    assert SecurityEvent.objects.filter(event="name_changed", actor=student, subject=student).count() == 1


def test_language_returns_to_the_browsers(student):
    User.objects.filter(pk=student.pk).update(language="hi")
    client = client_of(student)
    client.cookies["django_language"] = "hi"
    response = client.post(PAGE, {"name": "Ada", "language": ""}, follow=True)
    student.refresh_from_db()
    assert (student.language, '<html lang="en"' in response.content.decode()) == ("", True)


@pytest.mark.parametrize("name", ["", "\u200b", "x" * 121])
def test_name_without_a_visible_character_or_too_long_is_refused(student, name):
    response = client_of(student).post(PAGE, {"name": name})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["name"])
    student.refresh_from_db()
    assert student.name == "Ada"


def test_other_fields_of_the_account_cannot_be_posted(student):
    client_of(student).post(PAGE, {"name": "Ada", "role": "administrator", "email": "x@y.example", "school_id": "7"})
    before = (student.role, student.email, student.school_id)
    student.refresh_from_db()
    assert (student.role, student.email, student.school_id) == before


def test_unchanged_name_is_not_logged(student, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        client_of(student).post(PAGE, {"name": "Ada", "time_zone": "Asia/Kolkata"})
    assert not SecurityEvent.objects.filter(event="name_changed").exists()


@pytest.mark.parametrize("role", ["student", "teacher", "administrator"])
def test_page_has_what_each_role_can_do(role):
    user = factories.user(role)
    page = client_of(user).get(PAGE).content.decode()
    for path in ("/accounts/email/", "/accounts/password/change/", DATA, DELETE):
        assert f'href="{path}"' in page
    assert ('href="/consent/"' in page) == (role == "student")
    for about in ("Second factor", "API tokens"):
        assert f'Manage<span class="visually-hidden"> {about}</span>' in page


# --- leaving a course


def test_student_leaves_a_course_keeps_their_data_and_may_come_back(student, session):
    client = client_of(student)
    response = client.post(f"/courses/{session.course_id}/leave/", follow=True)
    assert f"You have left {session.course}. You can still see your data." in words(response)
    assert (session.course.enrolments.filter(student=student).exists(), Removal.objects.exists()) == (False, False)
    assert Reading.objects.filter(student=student).count() == 2
    client.post("/courses/join/", {"join_code": session.course.join_code})
    assert session.course.enrolments.filter(student=student).exists()


def test_only_ones_own_course_can_be_left(session, student):
    course = factories.course()
    for user in (student, factories.teacher(), course.teachers.get()):
        assert client_of(user).post(f"/courses/{course.pk}/leave/").status_code == 404
    assert Client().post(f"/courses/{session.course_id}/leave/").url.startswith("/accounts/login/")
    assert client_of(student).get(f"/courses/{session.course_id}/leave/").status_code == 405
    assert session.course.enrolments.count() == 2


# --- deleting the account


def test_page_says_what_goes_with_numbers(student):
    page = words(client_of(student).get(DELETE))
    for line in (
        "1 class attended",
        "2 readings of your face",
        "2 answers and raised hands",
        "1 alert about you",
        "1 consent",
        "Account activity is deleted after 180 days. It uses numbers instead of names and stays",
        "1 course membership",
    ):
        assert line in page


@pytest.mark.services
def test_student_deletes_their_account_and_everything_about_them(student, django_capture_on_commit_callbacks):
    number = student.pk
    client, elsewhere = client_of(student), client_of(student)
    EmailAddress.objects.create(user=student, email=student.email, primary=True)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(DELETE, {"sure": "on"}, follow=True)
    assert f"{DELETED}deleted after 180 days." in words(response)
    assert not User.objects.filter(pk=student.pk).exists()
    for model in (Reading, Attendance, SelfReport, RaisedHand):
        assert set(model.objects.values_list("student__name", flat=True)) == {"Ben Classmate"}
    assert CourseConsent.objects.count() == 1
    for each in (client, elsewhere):
        assert each.get(PAGE).url == f"/accounts/login/?next={PAGE}"
    [event] = SecurityEvent.objects.filter(event="account_deleted")
    assert (event.actor_id, event.subject_id) == (number, number)


def test_owner_is_told_by_mail_in_their_language(student):
    User.objects.filter(pk=student.pk).update(language="hi")
    client_of(student).post(DELETE, {"sure": "on"})
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == ([student.email], "Attune: आपका खाता मिटा दिया गया है")


def test_mail_about_the_deletion_is_one_sentence(student):
    client_of(student).post(DELETE, {"sure": "on"})
    [sent] = mail.outbox
    assert (sent.subject, sent.body) == (
        "Attune: your account is deleted",
        f"Your Attune account with the address {student.email} is deleted, with everything about you except account "
        "activity, which does not name you and is deleted after 180 days; "
        "if it was not you, tell the people who run the site at once.",
    )


def test_account_is_deleted_even_if_the_mail_cannot_be_sent(student, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert client_of(student).post(DELETE, {"sure": "on"}).url == "/"
    assert not User.objects.filter(pk=student.pk).exists()


def test_deleting_needs_the_password_of_the_last_minutes(student):
    client = client_of(student, knows_password=False)
    assert client.get(DELETE).url == f"/accounts/reauthenticate/?next={DELETE.replace('/', '%2F')}"
    assert client.post(DELETE, {"sure": "on"}).url.startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": "another password"})
    assert client.post(DELETE, {"sure": "on"}).url.startswith("/accounts/reauthenticate/")
    assert User.objects.filter(pk=student.pk).exists()


def test_password_of_six_minutes_ago_is_asked_for_again(student, wall_clock):
    client = client_of(student)
    wall_clock.advance(360)
    assert client.post(DELETE, {"sure": "on"}).url.startswith("/accounts/reauthenticate/")
    assert User.objects.filter(pk=student.pk).exists()


def test_deleting_needs_the_box_and_the_pages_token(student):
    response = client_of(student).post(DELETE)
    assert (response.status_code, "Tick the box to delete your account." in words(response)) == (422, True)
    other_site = Client(enforce_csrf_checks=True)
    other_site.force_login(student)
    assert other_site.post(DELETE, {"sure": "on"}).status_code == 403
    assert User.objects.filter(pk=student.pk).exists()


def test_only_teacher_of_a_course_is_told_what_to_do_first(session):
    teacher = session.course.teachers.get()
    client = client_of(teacher)
    for response in (client.get(DELETE), client.post(DELETE, {"sure": "on"})):
        page = words(response)
        assert "You are the only teacher of these courses." in page
        assert session.course.name in page
        assert "Yes, delete my account" not in page
    assert User.objects.filter(pk=teacher.pk).exists()


@pytest.mark.services
def test_courses_stay_with_their_other_teachers():
    first, second = factories.teacher(), factories.teacher()
    session = factories.session(factories.course(first, second))
    marker = Marker.objects.create(session=session, author=first, at=NOW, text="Exercise")
    client_of(first).post(DELETE, {"sure": "on"})
    marker.refresh_from_db()
    assert (list(session.course.teachers.all()), marker.author) == ([second], None)
    assert Course.objects.count() == 1


def test_deactivated_colleague_does_not_count_as_a_teacher():
    first, second = factories.teacher(), factories.user("teacher", is_active=False)
    factories.course(first, second)
    client_of(first).post(DELETE, {"sure": "on"})
    assert User.objects.filter(pk=first.pk).exists()


def test_last_administrator_stays():
    first, second = factories.user("administrator"), factories.user("administrator")
    client_of(first).post(DELETE, {"sure": "on"})
    client = client_of(second)
    page = words(client.post(DELETE, {"sure": "on"}))
    assert "You are the last administrator. Make somebody else an administrator first." in page
    assert list(User.objects.all()) == [second]
