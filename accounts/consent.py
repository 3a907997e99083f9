"""Grant and withdraw consent to expression reading. The signal `consent_changed` notifies other apps."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.dispatch import Signal

from accounts.models import Consent, ConsentText, User

# Sent after commit, with user and in_force (bool).
consent_changed = Signal()


def consent_in_force(user: User) -> Consent | None:
    """Return the user's consent to the current text, or None: then no snapshot of this user may be analysed."""
    return Consent.objects.in_force().filter(user=user).select_related("text").first()


def consent_in_class(user: User, *, started_at: datetime) -> Consent | None:
    """Return the consent that lets the user be read in a class that started then, or None.

    A text that applies only since then does not concern the class.
    """
    return Consent.objects.in_force_in_class(started_at).filter(user=user).select_related("text").first()


def students_who_agreed() -> int:
    """Return how many people a new text asks again."""
    return Consent.objects.in_force().filter(user__is_active=True).values("user").distinct().count()


def grant_consent(*, user: User, version: int, now: datetime) -> Consent:
    """Record agreement to the text the user was shown. Idempotent.

    Raises ConsentText.DoesNotExist unless `version` is the current one, or one published to replace it.
    """
    texts = (ConsentText.objects.current(), ConsentText.objects.upcoming())
    text = next((each for each in texts if each and each.version == version), None)
    if text is None:
        raise ConsentText.DoesNotExist(f"Version {version} is neither the current text nor its successor.")
    try:
        with transaction.atomic():
            consent = Consent.objects.create(user=user, text=text, granted_at=now)
    except IntegrityError:
        return Consent.objects.get(user=user, text=text, withdrawn_at=None)
    transaction.on_commit(lambda: _announce(user, in_force=True))
    return consent


def withdraw_consent(*, user: User, now: datetime) -> bool:
    """Withdraw every consent the user has given. Return False if there was none."""
    ended = Consent.objects.filter(user=user, withdrawn_at=None).update(withdrawn_at=now)
    transaction.on_commit(lambda: _announce(user, in_force=False))
    return ended > 0


def _announce(user: User, *, in_force: bool) -> None:
    consent_changed.send(sender=Consent, user=user, in_force=in_force)
