"""Administrators make webhooks, test them, and see what was sent."""

import re

import pytest

from accounts.models import SecurityEvent
from classroom.domain.sessions import start_session
from classroom.domain.webhooks.signing import new_secret
from classroom.models import Webhook, WebhookEvent
from classroom.tasks import webhooks as tasks
from tests import factories
from tests.classroom.webhook_target import listening
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/administration/webhooks/"
EVENTS = ["session.started", "alert.fired"]


@pytest.fixture
def admin(client):
    user = factories.user("administrator")
    client.force_login(user)
    return user


@pytest.fixture
def target(settings):
    settings.PRIVATE_TARGETS_ALLOWED = True
    with listening() as found:
        yield found


def stored(**fields) -> Webhook:
    about = {"name": "Timetable", "url": "https://a.example/", "events": EVENTS, "secret": new_secret()}
    return Webhook.objects.create(**about | fields)


def secret_on(response) -> str:
    return "".join(re.findall(r'data-testid="secret">([^<]+)<', response.text))


def test_webhook_is_made_with_a_secret_that_is_shown_once(client, admin):
    response = client.post(f"{PAGE}new/", {"name": "Timetable", "url": "https://a.example/hook", "events": EVENTS})
    made = Webhook.objects.get()
    assert (made.name, made.url, made.events, made.is_active) == ("Timetable", "https://a.example/hook", EVENTS, True)
    assert secret_on(response).replace("&#x2B;", "+") == made.secret
    assert made.secret.startswith("whsec_")
    assert "whsec_" not in client.get(f"{PAGE}{made.pk}/").text
    assert "a class started, an alert fired" in client.get(PAGE).text
    [event] = SecurityEvent.objects.filter(event="webhook_created")
    assert (event.actor, event.details) == (admin, {"webhook": made.pk})


def test_new_webhook_tells_of_every_event_unless_one_is_unticked(client, admin):
    form = client.get(f"{PAGE}new/").context["form"]
    assert form["events"].value() == WebhookEvent.values


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://a.example/", "begins with https://"),
        ("ftp://a.example/", "begins with https://"),
        ("https://name:secret@a.example/", "Leave out user name and password"),
        ("a.example", "begins with https://"),
    ],
)
def test_address_must_be_https_without_a_password(client, admin, url, fault):
    response = client.post(f"{PAGE}new/", {"name": "Timetable", "url": url, "events": EVENTS})
    assert (response.status_code, fault in response.text, Webhook.objects.count()) == (422, True, 0)


def test_test_is_sent_and_its_answer_listed(client, admin, target):
    webhook = stored(url=target.url)
    client.post(f"{PAGE}{webhook.pk}/test/")
    tasks.thread.wait_until_idle()
    assert len(target.requests) == 1
    row = client.get(f"{PAGE}{webhook.pk}/").text.partition('data-testid="delivery"')[2]
    assert [text in row for text in ("webhook.test", "delivered", "204")] == [True] * 3


def test_class_that_starts_is_told_once_it_is_stored(target):
    stored(url=target.url)
    start_session(course=factories.course(), topic="Means", now=NOW)
    tasks.thread.wait_until_idle()
    assert len(target.requests) == 1


def test_webhook_that_is_off_sends_no_test(client, admin):
    webhook = stored(is_active=False)
    response = client.post(f"{PAGE}{webhook.pk}/test/", follow=True)
    assert "The webhook is off." in response.text
    assert not webhook.deliveries.exists()


def test_webhook_is_changed_gets_a_new_secret_and_is_deleted(client, admin):
    webhook = stored()
    before = webhook.secret
    fields = {"name": "Timetable", "url": "https://b.example/", "events": EVENTS, "is_active": "on"}
    assert client.post(f"{PAGE}{webhook.pk}/", fields).status_code == 302
    assert client.post(f"{PAGE}{webhook.pk}/", fields | {"url": "http://b.example/"}).status_code == 422
    shown = client.post(f"{PAGE}{webhook.pk}/secret/")
    webhook.refresh_from_db()
    assert (webhook.url, webhook.former_secret) == ("https://b.example/", before)
    assert secret_on(shown).replace("&#x2B;", "+") == webhook.secret != before
    client.post(f"{PAGE}{webhook.pk}/delete/")
    assert not Webhook.objects.exists()
    events = SecurityEvent.objects.filter(actor=admin, event__startswith="webhook").order_by("pk")
    assert [each.event for each in events] == ["webhook_changed", "webhook_secret_changed", "webhook_deleted"]
    assert events[0].details == {"webhook": webhook.pk, "fields": ["url"]}


def test_overview_says_that_a_webhook_was_switched_off(client, admin):
    webhook = stored(is_active=False, switched_off_at=NOW)
    stored(name="Other", is_active=False)
    page = client.get("/administration/").text
    assert "The webhook “Timetable” was switched off, because it kept failing" in page
    assert f'href="{PAGE}{webhook.pk}/"' in page
    assert "“Other”" not in page
    assert "Switched off: it kept failing" in client.get(PAGE).text
