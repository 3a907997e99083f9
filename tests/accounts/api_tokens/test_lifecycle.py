"""Tokens of the REST API: what is stored, and when they stop working."""

import hashlib
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from accounts.api_tokens.lifecycle import (
    MAX_TOKENS,
    TooManyTokens,
    create_token,
    obsolete_tokens,
    revoke_token,
    tokens_of,
    usable_token,
)
from accounts.browser_sessions.sign_outs import end_all_sign_ins
from accounts.bulk_changes import update_users
from accounts.models import ApiToken, Scope, SecurityEvent, User
from tests import factories

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def is_usable(text: str, *, later: timedelta = timedelta(0)) -> bool:
    return usable_token(text, now=timezone.now() + later) is not None


def test_create_token_stores_the_hash_alone(django_capture_on_commit_callbacks):
    user = factories.user()
    with django_capture_on_commit_callbacks(execute=True):
        token, text = create_token(
            user=user, name="Office", scopes=[Scope.READINGS_READ], lifetime=DAY, now=factories.NOW
        )
    stored = ApiToken.objects.filter(pk=token.pk).values().get()
    assert text.startswith("attune_")
    assert stored["token_hash"] == hashlib.sha256(text.encode()).hexdigest()
    assert text not in map(str, stored.values())
    assert (stored["scopes"], stored["expires_at"]) == (["readings:read"], factories.NOW + DAY)
    event = SecurityEvent.objects.get(event="api_token_created")
    assert (event.subject_id, event.details) == (user.pk, {"token": token.pk, "scopes": ["readings:read"]})


def test_create_token_refuses_more_than_the_most():
    user = factories.user()
    for _ in range(MAX_TOKENS):
        factories.api_token(user)
    with pytest.raises(TooManyTokens):
        factories.api_token(user)


def test_token_works_until_it_expires():
    text = factories.api_token(factories.user(), lifetime=DAY)
    assert is_usable(text)
    assert is_usable(text, later=DAY - timedelta(minutes=5))
    assert not is_usable(text, later=DAY + timedelta(minutes=5))


def test_token_records_the_hour_of_its_use(django_assert_num_queries):
    text = factories.api_token(factories.user(), lifetime=DAY)
    at = factories.NOW + timedelta(minutes=7, seconds=3)
    with django_assert_num_queries(2):
        usable_token(text, now=at)
    assert ApiToken.objects.get().last_used_at == factories.NOW
    with django_assert_num_queries(1):
        usable_token(text, now=at + timedelta(minutes=20))


def test_revoked_token_stops_working(django_capture_on_commit_callbacks):
    user = factories.user()
    text, other = factories.api_token(user), factories.api_token(user)
    token = usable_token(text, now=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        revoke_token(token)
    assert (is_usable(text), is_usable(other)) == (False, True)
    assert SecurityEvent.objects.get(event="api_token_revoked").details == {"token": token.pk}


def test_changed_password_revokes_the_tokens():
    user, other = factories.user(), factories.user()
    text, kept = factories.api_token(user), factories.api_token(other)
    user.set_password("another long password")
    user.save()
    assert (is_usable(text), is_usable(kept)) == (False, True)


@pytest.mark.any_database
def test_renewed_hash_of_the_same_password_keeps_the_tokens(settings):
    user = factories.user()
    text = factories.api_token(user)
    before = user.password
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    assert user.check_password(factories.PASSWORD)
    assert User.objects.get(pk=user.pk).password != before
    assert is_usable(text)


def test_sign_out_everywhere_ends_the_tokens_for_good():
    user = factories.user()
    text = factories.api_token(user)
    end_all_sign_ins(user)
    user.refresh_from_db()
    assert not is_usable(text)
    assert list(tokens_of(user)) == []
    assert obsolete_tokens(now=timezone.now()).count() == 1


def test_deactivated_account_has_no_tokens_even_once_it_is_active_again():
    user = factories.user()
    text = factories.api_token(user)
    for is_active in (False, True):
        user.is_active = is_active
        user.save()
        assert not is_usable(text)


def test_account_that_an_import_deactivates_has_no_tokens():
    user = factories.user()
    text = factories.api_token(user)
    stored = {user.pk: User.objects.get(pk=user.pk)}
    user.is_active = False
    update_users([user], stored=stored, fields=["is_active"], actor=None)
    User.objects.filter(pk=user.pk).update(is_active=True)
    assert not is_usable(text)


def test_administrator_without_a_required_second_factor_has_no_tokens(settings):
    settings.MFA_REQUIRED_FOR_ADMINISTRATORS = True
    administrator = factories.user("administrator")
    text = factories.api_token(administrator)
    assert not is_usable(text)
    Authenticator.objects.create(user=administrator, type="totp", data={})
    assert is_usable(text)


def test_obsolete_tokens_are_those_that_expired_a_month_ago():
    user, now = factories.user(), timezone.now()
    factories.api_token(user, lifetime=DAY)
    assert not obsolete_tokens(now=now + timedelta(days=30)).exists()
    assert obsolete_tokens(now=now + timedelta(days=32)).exists()
