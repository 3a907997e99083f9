"""Remains of people and sign-ins that are gone."""

import json
from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.invitations.lifecycle import invite
from accounts.models import Invitation, User
from classroom.domain.courses.staff import invite_assistant
from classroom.domain.people.deletion import StillNeeded, delete_account
from classroom.models import Course, Enrolment
from classroom.tasks.scheduled import delete_old
from tests import factories

pytestmark = pytest.mark.django_db
NAME = "Zoë Okafor-Lindqvist"


@pytest.fixture
def administrator():
    return factories.user("administrator")


@pytest.fixture
def admin(administrator):
    client = Client()
    client.force_login(administrator)
    return client


def addresses_in_sessions() -> list[str]:
    methods = [each.get_decoded()["account_authentication_methods"] for each in Session.objects.all()]
    return sorted(method["email"] for [method] in methods)


def log_text() -> str:
    return "\n".join(f"{entry.object_repr} {entry.get_change_message()}" for entry in LogEntry.objects.order_by("pk"))


def test_deletion_in_the_administration_leaves_no_name_in_its_log(admin):
    student, other = factories.user(name=NAME), factories.user(name="Zoë Okafor")
    for user in (student, other):
        form = {"email": user.email, "name": user.name, "role": "student", "is_active": "on"}
        admin.post(f"/admin/accounts/user/{user.pk}/change/", form)
    assert NAME in log_text()
    admin.post(f"/admin/accounts/user/{student.pk}/delete/", {"post": "yes"})
    assert not User.objects.filter(pk=student.pk).exists()
    assert NAME not in log_text()
    assert [entry.object_repr for entry in LogEntry.objects.order_by("pk")] == [
        f"user {student.pk}",
        "Zoë Okafor",
        f"user {student.pk}",
    ]


def test_deleted_account_leaves_no_session_with_its_address():
    student, other = factories.user(name=NAME), factories.user()
    for user in (student, other):
        for _ in range(2):
            Client().post("/accounts/login/", {"login": user.email, "password": factories.PASSWORD})
    assert addresses_in_sessions() == [student.email] * 2 + [other.email] * 2
    delete_account(student, now=timezone.now())
    assert addresses_in_sessions() == [other.email] * 2


def test_deleted_account_leaves_no_invitation_to_its_address_at_the_school(administrator):
    """Somebody may sign up by themselves, although they are invited, or assisted before they had an account."""
    now, course, elsewhere = timezone.now(), factories.course(), factories.organisation()
    student, other = "zoe@school.example", "ben@school.example"
    for email in (student, other):
        invite(email=email, role="student", language="en", invited_by=administrator, now=now)
        invite_assistant(course=course, email=email, now=now)
    kept = invite(email=student, role="student", language="en", invited_by=None, now=now, organisation=elsewhere.pk)
    delete_account(User.objects.create_user(student, name=NAME), now=now)
    assert list(Invitation.objects.filter(email=student)) == [kept]
    assert [each.email for each in course.assistant_invitations.all()] == [other]
    assert Invitation.objects.filter(email=other).exists()


def test_account_that_stays_keeps_its_sessions(client):
    teacher = factories.course().teachers.get()
    client.force_login(teacher)
    with pytest.raises(StillNeeded):
        delete_account(teacher, now=timezone.now())
    assert Session.objects.count() == 1


def test_deletion_of_several_leaves_no_name_in_the_log(admin):
    students = [factories.user(name=f"{NAME} {number}") for number in range(3)]
    selected = {"action": "delete_selected", "_selected_action": [user.pk for user in students], "post": "yes"}
    admin.post("/admin/accounts/user/", selected)
    assert {entry.object_repr for entry in LogEntry.objects.all()} == {f"user {user.pk}" for user in students}
    assert LogEntry.objects.count() == 3


def test_enrolment_is_logged_without_the_name(admin):
    course, student = factories.course(name="Statistics"), factories.user(name=NAME)
    form = {"name": course.name, "description": "", "enrolments-0-student": student.pk}
    form |= {"enrolments-TOTAL_FORMS": 1, "enrolments-INITIAL_FORMS": 0}
    form["teachers"] = course.teachers.get().pk
    form |= {"removals-TOTAL_FORMS": 0, "removals-INITIAL_FORMS": 0}
    assert admin.post(f"/admin/classroom/course/{course.pk}/change/", form).status_code == 302
    assert Enrolment.objects.get().student == student
    assert log_text() == f"Statistics Added enrolment “user {student.pk} in Statistics”."


def test_enrolment_that_an_earlier_version_logged_loses_the_name(administrator):
    course, student = factories.course(name="Statistics"), factories.user(name=NAME)
    for name in (NAME, "Ada"):
        message = [{"added": {"name": "enrolment", "object": f"{name} in Statistics"}}]
        LogEntry.objects.create(
            user=administrator,
            content_type=ContentType.objects.get_for_model(Course),
            object_id=course.pk,
            object_repr="Statistics",
            action_flag=CHANGE,
            change_message=json.dumps(message),
        )
    pk = student.pk
    student.delete()
    assert log_text().splitlines() == [
        f"Statistics Added enrolment “user {pk} in Statistics”.",
        "Statistics Added enrolment “Ada in Statistics”.",
    ]


@pytest.fixture
def expired_and_valid():
    for key, days in (("expired", -1), ("valid", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + timedelta(days=days))


def session_keys() -> set[str]:
    return set(Session.objects.values_list("session_key", flat=True)) & {"expired", "valid"}


@pytest.mark.usefixtures("expired_and_valid")
def test_task_clears_expired_sessions():
    delete_old()
    assert session_keys() == {"valid"}


def test_beat_schedules_the_task_every_hour(settings):
    schedule = {each["task"]: each["schedule"] for each in settings.CELERY_BEAT_SCHEDULE.values()}
    assert schedule[delete_old.name] == 3600


@pytest.mark.usefixtures("expired_and_valid")
@pytest.mark.parametrize(("embedded", "left"), [(True, {"valid"}), (False, {"expired", "valid"})])
def test_sign_in_clears_expired_sessions_where_no_beat_runs(settings, embedded, left):
    settings.EMBEDDED = embedded
    Client().force_login(factories.user())
    assert session_keys() == left
