import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import ConsentText, SecurityEvent, User
from accounts.security_log.events import Event, record
from classroom.domain.consent.consents import withdraw_consent
from tests import factories
from tests.server import ROOT

pytestmark = pytest.mark.django_db(transaction=True)

NEW_PASSWORD = "another long password"


@pytest.fixture
def administrator():
    return factories.user("administrator")


@pytest.fixture
def as_administrator(client, administrator):
    client.force_login(administrator)
    return client


def edit_in_admin(client, user: User, **changes):
    fields = {"email": user.email, "name": user.name, "role": user.role, "is_active": "on"} | changes
    fields = {name: value for name, value in fields.items() if value is not None}
    assert client.post(f"/admin/accounts/user/{user.pk}/change/", fields).status_code == 302


def test_role_changed_by_an_administrator_has_both_people_and_both_roles(as_administrator, administrator, user, log):
    edit_in_admin(as_administrator, user, role="teacher")
    assert log.lines("role_changed") == [
        {
            "event": "role_changed",
            "actor": administrator.pk,
            "subject": user.pk,
            "address": "127.0.0.1",
            "old": "student",
            "new": "teacher",
        }
    ]
    assert SecurityEvent.objects.get(event="role_changed").details == {"old": "student", "new": "teacher"}


@pytest.mark.any_database
def test_account_is_deactivated_activated_and_deleted(as_administrator, administrator, user, log):
    names = ("account_deactivated", "account_activated", "account_deleted")
    edit_in_admin(as_administrator, user, is_active=None)
    edit_in_admin(as_administrator, user)
    as_administrator.post(f"/admin/accounts/user/{user.pk}/delete/", {"post": "yes"})
    assert not User.objects.filter(pk=user.pk).exists()
    assert [(line["event"], line["actor"], line["subject"]) for line in log.lines(*names)] == [
        (name, administrator.pk, user.pk) for name in names
    ]


def test_events_of_a_deleted_user_stay_with_the_id(user):
    record(Event.SIGN_IN, subject=user)
    number = user.pk
    user.delete()
    assert SecurityEvent.objects.filter(event="sign_in").get().subject_id == number


def test_password_changed_by_its_owner(client, user, log):
    client.force_login(user)
    fields = {"oldpassword": factories.PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post("/accounts/password/change/", fields)
    assert [(line["actor"], line["subject"]) for line in log.lines("password_changed")] == [(user.pk, user.pk)]


@pytest.mark.any_database
@pytest.mark.parametrize(
    "fields",
    [
        {"usable_password": "true", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
        {"usable_password": "false", "unset-password": "on"},
    ],
    ids=["set", "disabled"],
)
def test_password_changed_by_an_administrator(as_administrator, administrator, user, log, fields):
    as_administrator.post(f"/admin/accounts/user/{user.pk}/password/", fields)
    assert [(line["actor"], line["subject"]) for line in log.lines("password_changed")] == [(administrator.pk, user.pk)]


def test_password_changed_with_the_link_of_a_mail_has_no_actor(client, user, log, mailoutbox):
    client.post("/accounts/password/reset/", {"email": user.email})
    form_page = client.get(re.search(r"/accounts/password/reset/key/\S+", mailoutbox[0].body)[0], follow=True)
    client.post(form_page.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert [(line["actor"], line["subject"]) for line in log.lines("password_changed")] == [(None, user.pk)]


def test_address_changed_by_an_administrator_is_logged_without_either_address(as_administrator, user, log):
    old = user.email
    edit_in_admin(as_administrator, user, email="new@school.example")
    assert [line["subject"] for line in log.lines("email_changed")] == [user.pk]
    assert old not in log.text
    assert "new@school.example" not in log.text


def test_consent_and_a_new_consent_text_are_logged(user, log):
    course = factories.course()
    factories.consent(user, course)
    withdraw_consent(student=user, now=timezone.now())
    ConsentText.objects.create(version=2, body="Other words")
    names = ("consent_granted", "consent_withdrawn", "consent_text_published")
    assert [
        (line["event"], line["subject"], line.get("course"), line.get("version")) for line in log.lines(*names)
    ] == [
        ("consent_granted", user.pk, course.pk, None),
        ("consent_withdrawn", user.pk, course.pk, None),
        ("consent_text_published", None, None, 2),
    ]


@pytest.mark.any_database
def test_download_is_logged_with_its_page_and_ids_and_so_is_its_rate_limit(client, log):
    session = factories.session(ended_at=factories.NOW + timedelta(minutes=10))
    teacher = session.course.teachers.get()
    client.force_login(teacher)
    while client.get(f"/sessions/{session.pk}/students.csv").status_code == 200:
        pass
    *exports, limited = log.lines("data_exported", "rate_limited")
    expected = {"actor": teacher.pk, "subject": None, "address": "127.0.0.1", "view": "students_csv"}
    expected |= {"ids": {"pk": session.pk}, "session": session.pk}
    assert exports == [{"event": "data_exported", **expected}] * 30
    assert limited == {"event": "rate_limited", **expected}


def test_rate_limit_of_a_reset_form_is_logged_without_the_key_in_its_address(client, log, settings):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password_from_key": "1/m/ip"}
    path = "/accounts/password/reset/key/1-SECRET/"
    assert [client.post(path).status_code for _ in range(2)] == [200, 429]
    [limited] = log.lines("rate_limited")
    assert limited["view"] == "account_reset_password_from_key"
    assert limited["ids"] == {}
    assert "SECRET" not in log.text


def test_command_has_neither_actor_nor_address(log):
    User.objects.create_superuser("root@school.example", factories.PASSWORD, name="Root")
    assert log.lines() == [
        {
            "event": "account_created",
            "actor": None,
            "subject": User.objects.get().pk,
            "address": None,
            "role": "administrator",
        }
    ]


def test_nothing_is_logged_of_a_change_that_is_rolled_back(user, log):
    with transaction.atomic():
        user.role = "teacher"
        user.save()
        transaction.set_rollback(True)
    assert log.lines("role_changed") == []


def test_expired_events_are_deleted(settings, capsys):
    settings.SECURITY_LOG_DAYS = 30
    for days in (29, 31):
        SecurityEvent.objects.create(at=timezone.now() - timedelta(days=days), event=f"{days} days ago")
    call_command("delete_security_events")
    assert [event.event for event in SecurityEvent.objects.all()] == ["29 days ago"]
    assert capsys.readouterr().out == "1 events deleted.\n"


def test_events_are_kept_for_ever_if_the_setting_is_0(settings):
    settings.SECURITY_LOG_DAYS = 0
    SecurityEvent.objects.create(at=factories.NOW - timedelta(days=9999), event="long ago")
    call_command("delete_security_events")
    assert SecurityEvent.objects.count() == 1


def test_operations_explains_every_event():
    text = (ROOT / "docs" / "operations.md").read_text()
    table = text.partition("| event |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == [str(event) for event in Event]
