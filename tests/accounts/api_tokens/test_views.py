"""The pages of tokens."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.api_tokens.lifecycle import usable_token
from accounts.models import ApiToken
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
FORM = {"name": "Office", "scopes": ["courses:read", "attendance:read"], "days": "7"}


def signed_in(user) -> Client:
    """A client that has just entered its password."""
    client = Client()
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})
    return client


def test_new_token_is_shown_once():
    client = signed_in(factories.user())
    created = client.post(reverse("api_token_new"), FORM)
    [text] = re.findall(r'data-testid="api-token">(attune_[\w-]+)<', created.content.decode())
    token = usable_token(text, now=timezone.now())
    assert (token.name, token.scopes) == ("Office", ["attendance:read", "courses:read"])
    assert (token.expires_at - token.created_at).days == 7
    assert created.headers["Cache-Control"] == "private, no-store"
    listed = client.get(reverse("api_tokens")).content.decode()
    assert "Office" in listed
    assert text not in listed


def test_new_token_asks_for_the_password_again():
    client = Client()
    client.force_login(factories.user())
    response = client.post(reverse("api_token_new"), FORM)
    assert response.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("field", [{"name": ""}, {"scopes": []}, {"scopes": ["everything"]}, {"days": "3650"}])
def test_new_token_needs_a_name_scopes_and_a_time(field):
    response = signed_in(factories.user()).post(reverse("api_token_new"), FORM | field)
    assert response.status_code == 422
    assert not ApiToken.objects.exists()


def test_new_token_beyond_the_most_is_refused_in_words():
    user = factories.user()
    for _ in range(20):
        factories.api_token(user)
    response = signed_in(user).post(reverse("api_token_new"), FORM)
    assert response.status_code == 422
    assert "You have 20 tokens. Revoke one of them first." in response.content.decode()


def test_user_revokes_only_their_own_tokens():
    user, other = factories.user(), factories.user()
    factories.api_token(user)
    factories.api_token(other)
    client = Client()
    client.force_login(user)
    statuses = [
        client.post(reverse("api_token_revoke", args=[each.api_tokens.get().pk])).status_code for each in (user, other)
    ]
    assert statuses == [302, 404]
    assert [token.user for token in ApiToken.objects.all()] == [other]


def test_list_says_when_a_token_was_last_used():
    user = factories.user()
    text = factories.api_token(user)
    client = Client()
    client.force_login(user)
    assert "never used" in client.get(reverse("api_tokens")).content.decode()
    usable_token(text, now=timezone.now())
    assert "last used, to the hour:" in client.get(reverse("api_tokens")).content.decode()
