"""Signing in, up and out leaves the right events in the security log, and no others."""

import json

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from accounts.models import SecurityEvent, User
from accounts.security_log.events import Event, record
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(client, email: str, password: str = factories.PASSWORD, **headers: str):
    return client.post("/accounts/login/", {"login": email, "password": password}, headers=headers)


def test_sign_in_is_one_line_of_json_and_one_row(client, user, log):
    before = timezone.now()
    sign_in(client, user.email)
    [line] = [json.loads(line) for line in log.text.splitlines() if "sign_in" in line]
    stored = SecurityEvent.objects.get(event="sign_in")
    assert line == {
        "at": stored.at.isoformat(),
        "event": "sign_in",
        "actor": user.pk,
        "subject": user.pk,
        "address": "127.0.0.1",
    }
    assert before <= stored.at <= timezone.now()
    assert (stored.actor, stored.subject, stored.address, stored.details) == (user, user, "127.0.0.1", {})


def test_address_comes_from_the_trusted_proxy(client, user, log, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    sign_in(client, user.email, **{"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})
    assert [line["address"] for line in log.lines("sign_in")] == ["203.0.113.9"]


def test_failed_sign_in_names_the_account_by_its_id_and_nothing_that_was_typed(client, user, log):
    sign_in(client, user.email.upper(), "guess-of-a-password")
    assert log.lines("sign_in_failed") == [
        {"event": "sign_in_failed", "actor": None, "subject": user.pk, "address": "127.0.0.1"}
    ]
    assert user.email.lower() not in log.text.lower()
    assert "guess-of-a-password" not in log.text


def test_failed_sign_in_to_an_unknown_account_has_no_subject_and_no_second_line(client, log):
    sign_in(client, 'nobody@school.example"}\n{"event": "sign_in"', "guess")
    sign_in(client, "nobody@school.example", "guess")
    assert log.lines() == [{"event": "sign_in_failed", "actor": None, "subject": None, "address": "127.0.0.1"}]


def test_visitors_without_an_account_fill_no_table(client, user, log):
    for _ in range(8):
        sign_in(client, user.email, "guess")
    client.post("/accounts/password/reset/", {"email": user.email})
    names = {line["event"] for line in log.lines()} - {"account_created"}
    assert names == {"sign_in_failed", "sign_in_limited", "password_reset_requested"}
    assert set(SecurityEvent.objects.values_list("event", flat=True)) == {"account_created"}


def test_sign_out_is_logged(client, user, log):
    client.force_login(user)
    client.post("/accounts/logout/")
    assert [(line["actor"], line["subject"]) for line in log.lines("sign_out")] == [(user.pk, user.pk)]


def test_sign_up_is_logged_as_a_new_account_and_a_sign_in(client, log):
    passwords = {"password1": "quiet-river-41", "password2": "quiet-river-41"}
    client.post("/accounts/signup/", {"name": "Zoë", "email": "zoe@school.example", **passwords})
    user = User.objects.get()
    assert [(line["event"], line["actor"], line["subject"]) for line in log.lines()] == [
        ("account_created", None, user.pk),
        ("sign_in", user.pk, user.pk),
    ]


def test_signing_in_costs_one_query_more(client, user, django_assert_num_queries):
    with django_assert_num_queries(1):
        record(Event.SIGN_IN, subject=user)


@pytest.mark.any_database
def test_renewed_hash_of_the_same_password_is_no_change(client, user, log, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]
    encoded = user.password
    sign_in(client, user.email)
    user.refresh_from_db()
    assert user.password != encoded
    assert log.lines("password_changed") == []


def test_table_that_cannot_be_written_stops_nobody_from_signing_in(client, user, log):
    def refuse(execute, sql, params, many, context):
        if "accounts_securityevent" in sql:
            raise OperationalError("attempt to write a readonly database")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        response = sign_in(client, user.email)
    assert response.status_code == 302
    assert [line["subject"] for line in log.lines("sign_in")] == [user.pk]
    assert not SecurityEvent.objects.filter(event="sign_in").exists()
