"""Administrators' changes to other people's accounts: creating, changing, signing out, deactivating and deleting."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Count, QuerySet

from accounts.browser_sessions.sign_outs import end_all_sign_ins
from accounts.email.change import change_address
from accounts.models import OrganisationId, SecurityEvent, User
from accounts.security_log.events import Event, numbers_of, record
from classroom.domain.people.deletion import delete_account, require_not_needed, show_new_name

LATEST_EVENTS = 20
PROFILE_FIELDS = ("school_id", "language", "time_zone")


class OwnAccount(PermissionError):
    """Administrators must not lock themselves out: another one makes the change, or they delete their own account."""


def listed_people(organisation: OrganisationId) -> QuerySet[User]:
    """Return all users of the organisation; `courses` counts the courses that they are in, in any role."""
    kinds = ("enrolments", "courses_taught", "courses_assisted")
    attended, taught, assisted = (Count(kind, distinct=True) for kind in kinds)
    return User.objects.in_organisation(organisation).annotate(courses=attended + taught + assisted)


def active_teachers(organisation: OrganisationId) -> QuerySet[User]:
    teachers = User.objects.in_organisation(organisation)
    return teachers.filter(role=User.Role.TEACHER, is_active=True).order_by("sort_key", "pk")


def namesakes(user: User) -> QuerySet[User]:
    """Return other accounts that may belong to the same person."""
    others = User.objects.in_organisation(user.organisation_id).exclude(pk=user.pk)
    return others.filter(sort_key=user.sort_key)


def has_confirmed_address(user: User) -> bool:
    return EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()


def latest_events(user: User) -> QuerySet[SecurityEvent]:
    return SecurityEvent.objects.filter(subject__in=numbers_of(user)).select_related("actor")[:LATEST_EVENTS]


def create_person(*, email: str, **fields: Any) -> User:
    """Create an account without a password. Its user chooses one through a link."""
    return User.objects.create_user(email, None, **fields)


def change_person(*, user: User, by: User, changed: Collection[str], values: dict[str, Any]) -> None:
    """Store the changed fields. Raises OwnAccount, StillNeeded or accounts.email.change.AddressTaken."""
    with transaction.atomic():
        if "role" in changed:
            if user.pk == by.pk:
                raise OwnAccount
            # Administrators have no role in courses. A change between the other roles keeps the courses.
            if User.Role.ADMINISTRATOR in (user.role, values["role"]):
                require_not_needed(user, None)
        fields = [name for name in changed if name != "email"]
        for name in fields:
            setattr(user, name, values[name])
        if "role" in fields:
            fields += ["is_staff", "is_superuser"]
        if fields:
            user.save(update_fields=fields)
        if "name" in changed:
            record(Event.NAME_CHANGED, subject=user)
            transaction.on_commit(partial(show_new_name, user))
        if profile := [name for name in PROFILE_FIELDS if name in changed]:
            record(Event.PROFILE_CHANGED, subject=user, fields=profile)
    if "email" in changed:
        change_address(user=user, address=values["email"], is_confirmed=False)


def sign_out_everywhere(user: User) -> None:
    """End every sign-in of the user. Open sockets close at once."""
    with transaction.atomic():
        end_all_sign_ins(user)  # a receiver closes the sockets


def deactivate_person(*, user: User, by: User, successor: User | None = None) -> None:
    """Deactivate the account: its user cannot sign in, and their open pages close. Nothing is deleted.

    Raises OwnAccount, StillNeeded or NotATeacher.
    """
    if user.pk == by.pk:
        raise OwnAccount
    with transaction.atomic():
        require_not_needed(user, successor)
        user.is_active = False
        user.save(update_fields=["is_active"])  # receivers close the sockets


def activate_person(*, user: User) -> None:
    user.is_active = True
    user.save(update_fields=["is_active"])


def delete_person(*, user: User, by: User, now: datetime, successor: User | None = None) -> None:
    """Raises OwnAccount, StillNeeded or NotATeacher."""
    if user.pk == by.pk:
        raise OwnAccount
    delete_account(user, now=now, successor=successor)
