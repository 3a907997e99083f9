import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import User
from accounts.sign_in import new_accounts
from classroom.tasks.password_mails import finish_password_mails
from tests import factories


@pytest.mark.django_db
def test_beat_sends_a_batch_of_the_mails_that_a_stopped_worker_left_behind(settings, monkeypatch):
    monkeypatch.setattr(new_accounts, "BATCH", 2)
    people = [User.objects.create_user(f"n{n}@school.example", None, name=f"New {n}").pk for n in range(3)]
    new_accounts.ask_for_mails(people=people, actor=factories.user("administrator"), now=timezone.now())
    for count in (2, 3, 3):
        finish_password_mails.delay()
        assert len(mail.outbox) == count
    assert finish_password_mails.name in {each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()}
