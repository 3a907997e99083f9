"""Creating and changing many users with a few queries.

Django's bulk methods send no signals, so this module also does the receivers' work: it writes the security log, drops
former addresses and ends the sign-ins of deactivated accounts.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from allauth.account.models import EmailAddress
from django.db.models import F, Model, QuerySet

from accounts.models import User
from accounts.security_log.events import Event, record_each

BATCH = 500
# The fields that `profile_changed` names.
PROFILE = ("school_id", "language")
T = TypeVar("T")
M = TypeVar("M", bound=Model)


class ChangedMeanwhile(Exception):
    """Somebody has changed one of the rows since it was read."""


def create_users(users: Sequence[User], *, actor: User | None) -> None:
    """Create users without a password, which they set through a password reset. Requires a transaction."""
    for batch in _batches(users):
        for user in batch:
            user.set_unusable_password()
        User.objects.bulk_create(batch)
        record_each(Event.ACCOUNT_CREATED, [{"subject": user, "role": user.role} for user in batch], actor=actor)


def update_users(
    users: Sequence[User], *, stored: Mapping[int, User], fields: Sequence[str], actor: User | None
) -> None:
    """Save these fields of the users, who were read as `stored`. Requires a transaction. Raises ChangedMeanwhile."""
    for batch in _batches(users):
        lock_unchanged(User.objects.all(), batch, stored=stored, fields=fields)
        for user in batch:
            user.normalise_name()
        User.objects.bulk_update(batch, [*fields, "sort_key"])
        renamed = [user for user in batch if stored[user.pk].name != user.name or stored[user.pk].email != user.email]
        closed = [user.pk for user in batch if stored[user.pk].is_active and not user.is_active]
        User.objects.filter(pk__in=closed).update(sign_outs_everywhere=F("sign_outs_everywhere") + 1)
        User.objects.tell_apart({bytes(each.sort_key) for user in renamed for each in (user, stored[user.pk])})
        _record_changes(batch, stored, actor)
    # allauth would still let a former address sign in and receive password links.
    moved = [user.pk for user in users if stored[user.pk].email != user.email]
    for pks in _batches(moved):
        EmailAddress.objects.filter(user__in=pks).exclude(email=F("user__email")).delete()


def lock_unchanged(rows: QuerySet[M], changed: Sequence[M], *, stored: Mapping[int, M], fields: Sequence[str]) -> None:
    """Lock the rows that are about to change, which were read as `stored`. Requires a transaction.

    Raises ChangedMeanwhile if somebody else has changed one of the fields or deleted a row.
    """
    present = rows.select_for_update(no_key=True).order_by("pk").in_bulk([each.pk for each in changed])
    for each in changed:
        before, now = stored[each.pk], present.get(each.pk)
        if now is None or any(getattr(before, field) != getattr(now, field) for field in fields):
            raise ChangedMeanwhile


def _record_changes(users: Sequence[User], stored: Mapping[int, User], actor: User | None) -> None:
    pairs = [(user, stored[user.pk]) for user in users]
    moved = [{"subject": user} for user, before in pairs if before.email != user.email]
    record_each(Event.EMAIL_CHANGED, moved, actor=actor)
    renamed = [{"subject": user} for user, before in pairs if before.name != user.name]
    record_each(Event.NAME_CHANGED, renamed, actor=actor)
    profiles = [
        (user, [name for name in PROFILE if getattr(before, name) != getattr(user, name)]) for user, before in pairs
    ]
    record_each(
        Event.PROFILE_CHANGED,
        [{"subject": user, "fields": fields} for user, fields in profiles if fields],
        actor=actor,
    )
    roles = [
        {"subject": user, "old": before.role, "new": user.role} for user, before in pairs if before.role != user.role
    ]
    record_each(Event.ROLE_CHANGED, roles, actor=actor)
    opened = [{"subject": user} for user, before in pairs if user.is_active and not before.is_active]
    record_each(Event.ACCOUNT_ACTIVATED, opened, actor=actor)
    closed = [{"subject": user} for user, before in pairs if before.is_active and not user.is_active]
    record_each(Event.ACCOUNT_DEACTIVATED, closed, actor=actor)


def _batches(items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))
