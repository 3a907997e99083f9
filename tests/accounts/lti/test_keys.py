"""The site's keys for platforms: made once, published without their private part, and encrypted in the database."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import QuerySet
from django.utils import timezone
from lti_tool.models import Key

from accounts.lti.keys import rotate_keys, signing_key

pytestmark = pytest.mark.django_db


def published(client) -> list[dict]:
    return client.get("/lti/jwks/").json()["keys"]


def test_key_is_made_when_it_is_needed_and_published_without_its_private_half(client):
    [key] = published(client)
    assert published(client) == [key]
    assert (set(key), key["alg"], key["use"]) == ({"alg", "e", "kid", "kty", "n", "use"}, "RS256", "sig")


def test_private_key_is_not_readable_in_the_database():
    private, public = signing_key()
    stored = Key.objects.get()
    assert private.startswith("-----BEGIN PRIVATE KEY-----")
    assert public == stored.public_key
    assert "PRIVATE" not in stored.private_key


def test_former_secret_key_still_reads_it(settings):
    before = signing_key()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret of this server"
    assert signing_key() == before


def test_key_that_cannot_be_read_any_more_is_replaced(settings):
    before = signing_key()
    settings.SECRET_KEY = "another secret of this server"
    assert signing_key() != before
    assert Key.objects.count() == 2


def age(keys: QuerySet[Key], days: int) -> None:
    keys.update(datetime_created=timezone.now() - timedelta(days=days))


def test_new_key_signs_and_the_former_one_stays_published_for_a_week(client):
    before = signing_key()
    age(Key.objects.all(), 100)
    assert rotate_keys(now=timezone.now()) == 0
    assert signing_key() != before
    assert len(published(client)) == 2
    age(Key.objects.exclude(public_key=before[1]), 6)
    assert len(published(client)) == 2
    age(Key.objects.exclude(public_key=before[1]), 8)
    [key] = published(client)
    assert key["kid"] == str(Key.objects.latest())


def test_rotation_ends_keys_that_were_replaced_more_than_a_week_ago(client):
    for days in (100, 50):
        rotate_keys(now=timezone.now())
        age(Key.objects.filter(pk=Key.objects.latest("pk").pk), days)
    assert rotate_keys(now=timezone.now()) == 1
    assert Key.objects.active().count() == len(published(client)) == 2


def test_command_makes_an_encrypted_key_too():
    printed = StringIO()
    call_command("rotate_keys", stdout=printed)
    assert printed.getvalue() == "Created a new key and ended 0 former ones.\n"
    assert "PRIVATE" not in Key.objects.get().private_key
    assert signing_key()[0].startswith("-----BEGIN PRIVATE KEY-----")
