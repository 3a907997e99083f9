"""Mails with a link to choose a password, to people whose accounts were made for them.

Administrators ask for them, and a task sends them, a batch at a time. A mail is marked as sent before it leaves, so
that neither a repeated task nor a second one sends it twice. A server that stops in between loses one mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from accounts.models import OrganisationId, User
from accounts.security_log.events import Event, record
from accounts.sign_in.password_links import mail_password_link

BATCH = 50
# Asking again within this time, for instance by a second click, sends no second mail.
AGAIN_AFTER = timedelta(minutes=10)
# If this many fail in a row, the mail server is unavailable, and trying the rest would be in vain.
MAX_FAILURES = 3


@dataclass(frozen=True)
class Asked:
    """`due` people will get a mail; `recent` ones have one or wait for it; `others` can sign in or are deactivated."""

    due: int
    recent: int
    others: int


@dataclass(frozen=True)
class Mailing:
    """The mails that an administrator requested last."""

    total: int
    sent: int
    waiting: int
    failed: list[User]

    @property
    def done(self) -> int:
        return self.total - self.waiting


def needing_password() -> QuerySet[User]:
    """Return those who cannot sign in yet: they have no password and have never signed in another way."""
    return User.objects.filter(is_active=True, last_login=None, password__startswith=UNUSABLE_PASSWORD_PREFIX)


def waiting() -> QuerySet[User]:
    asked = needing_password().exclude(password_mail_asked_at=None)
    return asked.filter(password_mail_sent_at=None, password_mail_failed=False)


def ask_for_mails(*, people: Sequence[int], actor: User, now: datetime) -> Asked:
    """Queue mails to those of the people with these ids who need one and belong to the actor's organisation."""
    due = recent = 0
    is_recent = Q(pk__in=waiting().values("pk")) | Q(password_mail_sent_at__gt=now - AGAIN_AFTER)
    with transaction.atomic():
        for start in range(0, len(people), 500):
            needing = needing_password().filter(organisation=actor.organisation_id, pk__in=people[start : start + 500])
            found = needing.count()
            new = needing.exclude(is_recent).update(
                password_mail_asked_at=now, password_mail_sent_at=None, password_mail_failed=False
            )
            due, recent = due + new, recent + found - new
        if due:
            record(Event.PASSWORD_LINKS_REQUESTED, actor=actor, count=due)
    return Asked(due, recent, len(people) - due - recent)


def send_next() -> bool:
    """Send the next mails. Return whether more wait."""
    failures = 0
    for user in waiting().order_by("password_mail_asked_at", "pk")[:BATCH]:
        if not waiting().filter(pk=user.pk).update(password_mail_sent_at=timezone.now()):
            continue
        if mail_password_link(user):
            failures = 0
            continue
        failures += 1
        User.objects.filter(pk=user.pk).update(password_mail_sent_at=None, password_mail_failed=True)
        if failures == MAX_FAILURES:
            waiting().update(password_mail_failed=True)
    return waiting().exists()


def last_mailing(organisation: OrganisationId) -> Mailing | None:
    people = User.objects.in_organisation(organisation)
    asked_at = people.aggregate(last=Max("password_mail_asked_at"))["last"]
    if asked_at is None:
        return None
    asked = people.filter(password_mail_asked_at=asked_at)
    return Mailing(
        total=asked.count(),
        sent=asked.exclude(password_mail_sent_at=None).count(),
        waiting=waiting().filter(password_mail_asked_at=asked_at, organisation=organisation).count(),
        failed=list(needing_password().filter(pk__in=asked, password_mail_failed=True)),
    )
