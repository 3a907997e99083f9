"""The security log: a line of JSON for each event, and a row for those that the audit pages read.

docs/operations.md explains the events. Ids stand for people, because a log outlives their right to be forgotten; what
somebody typed into a sign-in form is never logged, since it may be their password.
"""

import logging
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import context
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import SecurityEvent, User

security_logger = logging.getLogger("attune.security")
logger = logging.getLogger(__name__)


class Event(StrEnum):
    """Names that operators' alerts rely on: add some, but rename none."""

    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_LIMITED = "sign_in_limited"
    SIGN_OUT = "sign_out"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    RATE_LIMITED = "rate_limited"
    ACCOUNT_CREATED = "account_created"
    ACCOUNT_DEACTIVATED = "account_deactivated"
    ACCOUNT_ACTIVATED = "account_activated"
    ACCOUNT_DELETED = "account_deleted"
    NAME_CHANGED = "name_changed"
    ROLE_CHANGED = "role_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # the name of an event
    PASSWORD_RESET_REQUESTED = "password_reset_requested"  # noqa: S105  # the name of an event
    EMAIL_CHANGE_REQUESTED = "email_change_requested"
    EMAIL_CONFIRMED = "email_confirmed"
    EMAIL_CHANGED = "email_changed"
    CONSENT_GRANTED = "consent_granted"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    CONSENT_TEXT_PUBLISHED = "consent_text_published"
    DATA_EXPORTED = "data_exported"
    STUDENT_REMOVED = "student_removed"
    STUDENT_BLOCKED = "student_blocked"
    STUDENT_UNBLOCKED = "student_unblocked"
    STUDENT_READMITTED = "student_readmitted"
    STUDENT_APPROVED = "student_approved"
    JOIN_CODE_CHANGED = "join_code_changed"
    JOIN_APPROVAL_CHANGED = "join_approval_changed"
    CAMERA_TURNED_ON = "camera_turned_on"
    CAMERA_TURNED_OFF = "camera_turned_off"
    CLASS_DELETED = "class_deleted"


# Anybody can cause these without an account, so they must not fill the database; nor may the time of an insert tell
# which accounts exist.
NOT_STORED = {
    Event.SIGN_IN_FAILED,
    Event.SIGN_IN_LIMITED,
    Event.RATE_LIMITED,
    Event.PASSWORD_RESET_REQUESTED,
}


def record(event: Event, *, subject: User | None = None, **details: Any) -> None:
    """Record an event once the transaction, if there is one, is committed.

    The actor and the address come from the request in progress. Both are None in commands and background tasks.
    """
    request: HttpRequest | None = context.request
    actor = request.user if request is not None and hasattr(request, "user") and request.user.is_authenticated else None
    entry = SecurityEvent(
        at=timezone.now(),
        event=event,
        actor_id=actor.pk if actor else None,
        subject_id=subject.pk if subject else None,
        address=_client_address(request) if request is not None else None,
        details=details,
    )
    transaction.on_commit(partial(_write, entry, stored=event not in NOT_STORED))


def delete_expired(*, now: datetime) -> int:
    """Delete rows older than SECURITY_LOG_DAYS. Return how many there were."""
    if not settings.SECURITY_LOG_DAYS:
        return 0
    expired = SecurityEvent.objects.older_than(now - timedelta(days=settings.SECURITY_LOG_DAYS))
    return expired.delete()[0]


def _write(entry: SecurityEvent, *, stored: bool) -> None:
    line = {"at": entry.at.isoformat(), "event": str(entry.event), "actor": entry.actor_id, "subject": entry.subject_id}
    security_logger.info({**line, "address": entry.address, **entry.details})
    if not stored:
        return
    try:
        entry.save(force_insert=True)
    except DatabaseError as error:
        # Read-only or unavailable: the line above is the record, and what the visitor does goes on.
        logger.warning("could not store the event %s: %s", entry.event, error)


def _client_address(request: HttpRequest) -> str | None:
    """Return the address that TRUSTED_PROXY_COUNT leaves, as the rate limits do."""
    try:
        return get_adapter().get_client_ip(request)
    except PermissionDenied:  # no address at all, as on a Unix socket
        return None
