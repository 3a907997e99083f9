"""Without beat, signing in deletes data whose retention has ended."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.models import SecurityEvent
from classroom.models import ClassSession
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_sessions(settings):
    settings.EMBEDDED, settings.RETENTION_DAYS, settings.SECURITY_LOG_DAYS = True, 30, 30
    long_ago = timezone.now() - timedelta(days=40)
    SecurityEvent.objects.create(at=long_ago, event="sign_out")
    starts = [long_ago + timedelta(days=each) for each in (1, 0)]
    return [factories.session(started_at=each, ended_at=each + timedelta(hours=1)) for each in starts]


def sign_in(client):
    client.force_login(factories.user())


def test_sign_in_deletes_the_oldest_class_and_expired_events(client, old_sessions):
    factories.session(started_at=timezone.now())
    sign_in(client)
    assert old_sessions[1] not in ClassSession.objects.all()
    assert ClassSession.objects.count() == 2
    assert not SecurityEvent.objects.filter(event="sign_out").exists()


def test_next_class_is_deleted_a_minute_later(client, old_sessions):
    for _ in range(2):
        sign_in(client)
    assert ClassSession.objects.count() == 1
    cache.delete("too-old-deleted")  # as after a minute
    sign_in(client)
    assert ClassSession.objects.count() == 0


@pytest.mark.parametrize(("setting", "value"), [("RETENTION_DAYS", 0), ("EMBEDDED", False)])
def test_nothing_is_deleted_without_a_limit_or_where_beat_does_it(client, settings, old_sessions, setting, value):
    setattr(settings, setting, value)
    sign_in(client)
    assert ClassSession.objects.count() == 2
