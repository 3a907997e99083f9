"""The security log, which is also the audit log: a line of JSON for each event, and a row for those that pages show.

docs/operations.md explains the events. Ids stand for people, because a log outlives their right to be forgotten. Input
typed into a sign-in form is never logged, since it may be a password.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import context
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.utils import timezone
from redis.exceptions import RedisError

from accounts.models import OrganisationId, SecurityEvent, User

security_logger = logging.getLogger("attune.security")
logger = logging.getLogger(__name__)


class Event(StrEnum):
    """Operators' alerts rely on these names: add some, but rename none."""

    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_LIMITED = "sign_in_limited"
    SIGN_OUT = "sign_out"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    SIGNED_OUT_ELSEWHERE = "signed_out_elsewhere"
    SECOND_FACTOR_ADDED = "second_factor_added"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    SECOND_FACTORS_RESET = "second_factors_reset"
    SECOND_FACTOR_FAILED = "second_factor_failed"
    RECOVERY_CODES_CHANGED = "recovery_codes_changed"
    RECOVERY_CODE_USED = "recovery_code_used"
    PROVIDER_ACCOUNT_LINKED = "provider_account_linked"
    PROVIDER_ACCOUNT_UNLINKED = "provider_account_unlinked"
    PROVIDER_SIGN_IN_FAILED = "provider_sign_in_failed"
    API_TOKEN_CREATED = "api_token_created"  # noqa: S105  # the name of an event
    API_TOKEN_REVOKED = "api_token_revoked"  # noqa: S105  # the name of an event
    LTI_LAUNCH_REFUSED = "lti_launch_refused"
    LTI_ACCOUNT_LINKED = "lti_account_linked"
    LTI_ACCOUNT_UNLINKED = "lti_account_unlinked"
    LTI_PLATFORM_CHANGED = "lti_platform_changed"
    LTI_COURSE_LINKED = "lti_course_linked"
    LTI_COURSE_UNLINKED = "lti_course_unlinked"
    LTI_ROSTER_ENROLLED = "lti_roster_enrolled"
    RATE_LIMITED = "rate_limited"
    ACCOUNT_CREATED = "account_created"
    ACCOUNT_DEACTIVATED = "account_deactivated"
    ACCOUNT_ACTIVATED = "account_activated"
    ACCOUNT_DELETED = "account_deleted"
    ACCOUNTS_MERGED = "accounts_merged"
    PROFILE_CHANGED = "profile_changed"
    PASSWORD_LINKS_REQUESTED = "password_links_requested"  # noqa: S105  # the name of an event
    PASSWORD_LINK_MADE = "password_link_made"  # noqa: S105  # the name of an event
    INVITATION_CREATED = "invitation_created"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    INVITATION_ACCEPTED = "invitation_accepted"
    NAME_CHANGED = "name_changed"
    ROLE_CHANGED = "role_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # the name of an event
    PASSWORD_RESET_REQUESTED = "password_reset_requested"  # noqa: S105  # the name of an event
    EMAIL_CHANGE_REQUESTED = "email_change_requested"
    EMAIL_CONFIRMED = "email_confirmed"
    EMAIL_CHANGED = "email_changed"
    CONSENT_GRANTED = "consent_granted"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    GUARDIAN_CONSENT_RECORDED = "guardian_consent_recorded"
    GUARDIAN_CONSENT_WITHDRAWN = "guardian_consent_withdrawn"
    CONSENT_TEXT_PUBLISHED = "consent_text_published"
    SCHOOL_CHANGED = "school_changed"
    DATA_EXPORTED = "data_exported"
    DATA_IMPORTED = "data_imported"
    DATA_VIEWED = "data_viewed"
    STUDENT_REMOVED = "student_removed"
    STUDENT_BLOCKED = "student_blocked"
    STUDENT_UNBLOCKED = "student_unblocked"
    STUDENT_READMITTED = "student_readmitted"
    STUDENT_APPROVED = "student_approved"
    JOIN_CODE_CHANGED = "join_code_changed"
    JOIN_APPROVAL_CHANGED = "join_approval_changed"
    CAMERA_TURNED_ON = "camera_turned_on"
    CAMERA_TURNED_OFF = "camera_turned_off"
    JOINING_CHANGED = "joining_changed"
    COURSE_CREATED = "course_created"
    WEBHOOK_CREATED = "webhook_created"
    WEBHOOK_CHANGED = "webhook_changed"
    WEBHOOK_SECRET_CHANGED = "webhook_secret_changed"  # noqa: S105  # the name of an event
    WEBHOOK_DELETED = "webhook_deleted"
    WEBHOOK_SWITCHED_OFF = "webhook_switched_off"
    COURSE_ARCHIVED = "course_archived"
    COURSE_RESTORED = "course_restored"
    COURSE_DELETED = "course_deleted"
    TERM_CREATED = "term_created"
    TERM_CHANGED = "term_changed"
    TERM_DELETED = "term_deleted"
    DATA_ERASED = "data_erased"
    CLASS_DELETED = "class_deleted"
    EXPIRED_DELETED = "expired_deleted"
    COURSE_CHANGED = "course_changed"
    TEACHER_ADDED = "teacher_added"
    TEACHER_REMOVED = "teacher_removed"
    ASSISTANT_ADDED = "assistant_added"
    ASSISTANT_REMOVED = "assistant_removed"
    ALERTS_CHANGED = "alerts_changed"


# Anybody can cause these without an account, so they must not fill the database, and the time of an insert must not
# reveal which accounts exist.
NOT_STORED = {
    Event.SIGN_IN_FAILED,
    Event.SIGN_IN_LIMITED,
    Event.RATE_LIMITED,
    Event.PASSWORD_RESET_REQUESTED,
    Event.PROVIDER_SIGN_IN_FAILED,
    Event.LTI_LAUNCH_REFUSED,
}

# Opening the same page again within this time counts as one view.
VIEWED_AGAIN_S = 600
# A dashboard stays open for a class and sends requests every few seconds.
LIVE_AGAIN_S = 12 * 3600


def record(
    event: Event,
    *,
    subject: User | int | None = None,
    course: int | None = None,
    session: int | None = None,
    actor: User | None = None,
    organisation: OrganisationId = None,
    **details: Any,
) -> None:
    """Record an event once the transaction, if there is one, is committed.

    The actor and the address come from the request in progress. Without one, in commands and background tasks, the
    address is None, and so is the actor unless the caller knows them. An event belongs to `organisation`, or else to
    that of the subject or the actor, and its administrators see it. A superuser may act outside their own organisation.
    """
    entry = _entry(
        event,
        subject=subject,
        course=course,
        session=session,
        actor=actor,
        organisation=organisation,
        details=details,
    )
    transaction.on_commit(partial(_write, entry, stored=event not in NOT_STORED))


def record_each(event: Event, occurrences: Iterable[dict[str, Any]], *, actor: User | None = None) -> None:
    """Record an event that happens many times, each with arguments of `record`. Store all of them with one query."""
    entries = []
    for each in occurrences:
        about = {name: each.get(name) for name in ("subject", "course", "session", "organisation")}
        details = {name: value for name, value in each.items() if name not in about}
        entries.append(_entry(event, **about, actor=actor, details=details))
    if entries:
        transaction.on_commit(partial(_write_all, entries))


def record_view(
    view: str,
    *,
    actor: User,
    subject: int | None = None,
    course: int | None = None,
    session: int | None = None,
    organisation: OrganisationId = None,
    again_after_s: int = VIEWED_AGAIN_S,
) -> None:
    """Record that somebody opened a page about others, unless they did so moments ago: pages reload by themselves. One
    insert at most."""
    if subject == actor.pk:
        return
    try:
        is_new = cache.add(f"viewed:{actor.pk}:{view}:{subject}:{course}:{session}", 1, again_after_s)
    except RedisError:
        is_new = True  # better logged twice than not at all
    if is_new:
        about = {"subject": subject, "course": course, "session": session}
        record(Event.DATA_VIEWED, actor=actor, organisation=organisation, **about, view=view)


def gives_own_data(request: HttpRequest) -> None:
    """Note that the response is only about its user, although the URL names a course or a session."""
    request.gives_own_data = True  # type: ignore[attr-defined]


def concerned(request: HttpRequest) -> dict[str, int]:
    """Return the ids of the course, the session and the person in a page's URL. If it `gives_own_data`, the person is
    the user."""
    match = request.resolver_match
    if match is None:
        return {}
    numbers = {name: value for name, value in match.kwargs.items() if isinstance(value, int)}
    found = {"subject": numbers["student_pk"]} if "student_pk" in numbers else {}
    if getattr(request, "gives_own_data", False) and request.user.is_authenticated:
        found["subject"] = request.user.pk
    for segment, name in (("courses", "course"), ("sessions", "session")):
        if "pk" in numbers and f"{segment}/<" in match.route:
            found[name] = numbers["pk"]
    return found


def numbers_of(user: User) -> list[int]:
    """Return the ids under which the append-only log has events about the user: their own, and those of accounts merged
    into it."""
    numbers, found = [user.pk], [user.pk]
    while found:
        mergers = SecurityEvent.objects.filter(event=Event.ACCOUNTS_MERGED, subject__in=found)
        found = [details["merged"] for details in mergers.values_list("details", flat=True)]
        numbers += found
    return numbers


def delete_expired(*, now: datetime) -> int:
    """Delete rows older than SECURITY_LOG_DAYS. Return how many there were."""
    if not settings.SECURITY_LOG_DAYS:
        return 0
    return SecurityEvent.objects.delete_expired(before=now - timedelta(days=settings.SECURITY_LOG_DAYS))


def _entry(
    event: Event,
    *,
    subject: User | int | None,
    course: int | None,
    session: int | None,
    actor: User | None,
    organisation: OrganisationId = None,
    details: dict[str, Any],
) -> SecurityEvent:
    request: HttpRequest | None = context.request
    if request is not None and hasattr(request, "user") and request.user.is_authenticated:
        actor = request.user
    if organisation is None:
        organisation = next((each.organisation_id for each in (subject, actor) if isinstance(each, User)), None)
    about = {name: number for name, number in (("course", course), ("session", session)) if number is not None}
    return SecurityEvent(
        at=timezone.now(),
        event=event,
        actor_id=actor.pk if actor else None,
        subject_id=subject.pk if isinstance(subject, User) else subject,
        organisation=organisation,
        address=_client_address(request) if request is not None else None,
        details=about | details,
        **about,
    )


def _write(entry: SecurityEvent, *, stored: bool) -> None:
    _log(entry)
    if not stored:
        return
    try:
        entry.save(force_insert=True)
    except DatabaseError as error:
        # The database is read-only or unavailable. The line above is the record, and the visitor's request goes on.
        logger.warning("could not store the event %s: %s", entry.event, error)


def _write_all(entries: list[SecurityEvent]) -> None:
    for entry in entries:
        _log(entry)
    try:
        SecurityEvent.objects.bulk_create(entries)
    except DatabaseError as error:
        logger.warning("could not store %s events %s: %s", len(entries), entries[0].event, error)


def _log(entry: SecurityEvent) -> None:
    line = {"at": entry.at.isoformat(), "event": str(entry.event), "actor": entry.actor_id, "subject": entry.subject_id}
    security_logger.info({**line, "address": entry.address, **entry.details})


def _client_address(request: HttpRequest) -> str | None:
    """Return the address that TRUSTED_PROXY_COUNT leaves, as the rate limits do."""
    try:
        return get_adapter().get_client_ip(request)
    except PermissionDenied:  # no address at all, as on a Unix socket
        return None
