"""Mails that let people whose accounts were made for them choose a password."""

import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import DEFAULT_ORGANISATION, SecurityEvent, User
from accounts.sign_in import new_accounts
from accounts.sign_in.new_accounts import Asked, ask_for_mails, last_mailing, send_next
from tests import factories

pytestmark = pytest.mark.django_db


def new_people(count: int, **fields) -> list[int]:
    people = [User.objects.create_user(f"n{n}@school.example", None, name=f"New {n}", **fields) for n in range(count)]
    return [each.pk for each in people]


def ask(people: list[int], now=None) -> Asked:
    return ask_for_mails(people=people, actor=factories.user("administrator"), now=now or timezone.now())


def send_all() -> list[str]:
    """Return the addresses that got a mail."""
    before = len(mail.outbox)
    while send_next():
        pass
    return sorted(address for sent in mail.outbox[before:] for address in sent.to)


def test_link_in_the_mail_lets_a_new_person_choose_a_password(client):
    [person] = new_people(1, language="hi")
    assert ask([person]) == Asked(due=1, recent=0, others=0)
    assert send_all() == ["n0@school.example"]
    assert "पासवर्ड" in mail.outbox[-1].body
    [link] = re.findall(r"http://testserver(\S+)", mail.outbox[-1].body)
    form = client.get(link, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "quiet-river-41", "password2": "quiet-river-41"})
    assert User.objects.get(pk=person).check_password("quiet-river-41")


def test_who_can_sign_in_already_or_is_deactivated_gets_no_mail():
    signed_in = User.objects.create_user("s@school.example", None, name="S", last_login=timezone.now())
    closed = User.objects.create_user("c@school.example", None, name="C", is_active=False)
    people = [factories.user().pk, signed_in.pk, closed.pk]
    assert ask(people) == Asked(due=0, recent=0, others=3)
    assert (send_all(), last_mailing(DEFAULT_ORGANISATION)) == ([], None)


def test_nobody_gets_a_mail_before_it_is_asked_for():
    new_people(2)
    assert send_all() == []


def test_asking_again_at_once_sends_nothing_twice():
    now, people = timezone.now(), new_people(3)
    assert ask(people, now) == Asked(due=3, recent=0, others=0)
    assert ask(people, now + timedelta(seconds=1)) == Asked(due=0, recent=3, others=0)
    assert len(send_all()) == 3
    assert ask(people, timezone.now()) == Asked(due=0, recent=3, others=0)
    assert send_all() == []
    assert ask(people, timezone.now() + timedelta(minutes=11)) == Asked(due=3, recent=0, others=0)
    assert len(send_all()) == 3


def test_mails_go_out_in_batches_with_progress(monkeypatch):
    monkeypatch.setattr(new_accounts, "BATCH", 2)
    ask(new_people(5))
    progress = []
    more = True
    while more:
        more = send_next()
        progress.append((last_mailing(DEFAULT_ORGANISATION).done, last_mailing(DEFAULT_ORGANISATION).total, more))
    assert progress == [(2, 5, True), (4, 5, True), (5, 5, False)]
    assert (last_mailing(DEFAULT_ORGANISATION).sent, last_mailing(DEFAULT_ORGANISATION).failed) == (5, [])


def test_person_who_signs_in_meanwhile_gets_no_mail():
    first, second = new_people(2)
    ask([first, second])
    User.objects.filter(pk=first).update(last_login=timezone.now())
    assert send_all() == ["n1@school.example"]


def refuse(monkeypatch, *addresses: str, error: type[OSError] = SMTPRecipientsRefused):
    send = mail.backends.locmem.EmailBackend.send_messages

    def send_or_refuse(backend, messages):
        if any(address in message.to for message in messages for address in addresses):
            raise error({}) if error is SMTPRecipientsRefused else error
        return send(backend, messages)

    monkeypatch.setattr(mail.backends.locmem.EmailBackend, "send_messages", send_or_refuse)


def test_address_that_is_refused_is_listed_and_the_others_are_sent(monkeypatch):
    people = new_people(3)
    refuse(monkeypatch, "n1@school.example")
    ask(people)
    assert send_all() == ["n0@school.example", "n2@school.example"]
    mailing = last_mailing(DEFAULT_ORGANISATION)
    assert ([each.pk for each in mailing.failed], mailing.sent, mailing.waiting) == ([people[1]], 2, 0)
    monkeypatch.undo()
    assert ask([people[1]]) == Asked(due=1, recent=0, others=0)
    assert send_all() == ["n1@school.example"]


def test_unavailable_mail_server_is_not_asked_for_everybody(monkeypatch, caplog):
    people = new_people(8)
    refuse(monkeypatch, *(f"n{n}@school.example" for n in range(8)), error=SMTPServerDisconnected)
    ask(people)
    assert send_all() == []
    assert caplog.text.count("SMTPServerDisconnected") == new_accounts.MAX_FAILURES
    assert [each.pk for each in last_mailing(DEFAULT_ORGANISATION).failed] == people


def test_log_has_who_asked_and_who_got_a_link(django_capture_on_commit_callbacks):
    people = new_people(2)
    with django_capture_on_commit_callbacks(execute=True):
        ask(people)
        send_all()
    [asked] = SecurityEvent.objects.filter(event="password_links_requested")
    assert (asked.actor.role, asked.details) == ("administrator", {"count": 2})
    made = SecurityEvent.objects.filter(event="password_link_made").order_by("pk")
    assert [(each.subject_id, each.details) for each in made] == [(person, {"sent": True}) for person in people]
