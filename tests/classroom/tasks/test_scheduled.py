from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import SecurityEvent
from classroom.tasks.scheduled import delete_security_events


@pytest.mark.django_db
def test_beat_deletes_expired_security_events(settings):
    settings.SECURITY_LOG_DAYS = 30
    SecurityEvent.objects.create(at=timezone.now() - timedelta(days=31), event="31 days ago")
    delete_security_events.delay()
    assert not SecurityEvent.objects.exists()
    assert delete_security_events.name in {each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()}
