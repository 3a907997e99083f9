from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import SecurityEvent
from classroom.models import ClassSession
from classroom.tasks.scheduled import delete_old
from tests import factories


@pytest.mark.django_db
def test_beat_deletes_everything_whose_time_is_over(settings):
    settings.SECURITY_LOG_DAYS = settings.RETENTION_DAYS = 30
    then = timezone.now() - timedelta(days=31)
    SecurityEvent.objects.create(at=then, event="31 days ago")
    Session.objects.create(session_key="a", session_data="", expire_date=then)
    factories.session(started_at=then - timedelta(hours=1), ended_at=then)
    running = factories.session(started_at=then)
    delete_old.delay()
    assert list(ClassSession.objects.all()) == [running]
    assert not SecurityEvent.objects.filter(event="31 days ago").exists()
    assert not Session.objects.exists()
    assert delete_old.name in {each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()}
