"""Messages of webhooks are signed, with a secret that the database holds encrypted."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from classroom.domain.webhooks.deliveries import send_due
from classroom.domain.webhooks.management import change_secret
from classroom.domain.webhooks.messages import send_test
from classroom.domain.webhooks.signing import signature
from classroom.models import Webhook, WebhookDelivery
from tests.classroom.domain.webhooks.receiving import is_signed

pytestmark = pytest.mark.django_db


def test_signature_is_that_of_the_standard():
    """The example of Standard Webhooks' own libraries."""
    given = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert given == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_both_secrets_sign_for_a_day(webhook, target):
    former, now = webhook.secret, timezone.now()
    change_secret(webhook=webhook, now=now)
    assert webhook.secret != former
    send_test(webhook, now=now)
    send_due()
    Webhook.objects.update(former_secret_until=now - timedelta(seconds=1))
    send_test(webhook, now=now)
    send_due()
    signed = [
        [is_signed(headers, body, secret) for secret in (webhook.secret, former)]
        for _path, headers, body in target.requests
    ]
    assert signed == [[True, True], [True, False]]


def test_secret_is_encrypted_in_the_database(webhook):
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, former_secret FROM classroom_webhook")
        [(secret, former)] = cursor.fetchall()
    assert (webhook.secret in secret, former) == (False, "")
    assert Webhook.objects.get().secret == webhook.secret


def test_nothing_is_sent_without_a_signature(webhook, target, settings):
    """The server's key is not the one that encrypted the secret."""
    settings.SECRET_KEY = "another key of the server " * 2
    send_test(Webhook.objects.get(), now=timezone.now())
    send_due()
    assert (target.requests, WebhookDelivery.objects.get().problem) == ([], "secret")
