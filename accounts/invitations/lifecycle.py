"""Invitations by mail: sending, withdrawing and accepting them, which sends the signal `invitation_accepted`."""

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.dispatch import Signal
from django.urls import reverse
from django.utils import translation

from accounts.email.sending import send_or_log
from accounts.models import DEFAULT_ORGANISATION, Invitation, OrganisationId, User
from accounts.models.invitation import InvitationQuerySet
from accounts.security_log.events import Event, record

# After this time a closed invitation is of no use, and it holds somebody's address.
KEPT_AFTERWARDS = timedelta(days=30)

# Sent inside the accepting transaction, with invitation and user.
invitation_accepted = Signal()


class AddressHasAccount(Exception):
    """The address needs no invitation: it is that of `user`."""

    def __init__(self, user: User) -> None:
        super().__init__("An account has the address.")
        self.user = user


class InvitationClosed(LookupError):
    """The link was used, withdrawn, replaced by a newer one, or has expired."""


def invite(
    *,
    email: str,
    role: str,
    language: str,
    invited_by: User | None,
    now: datetime,
    organisation: OrganisationId = DEFAULT_ORGANISATION,
) -> Invitation:
    """Store an invitation of the address to the inviting user's organisation, or to `organisation` if nobody invites,
    without sending it. An earlier invitation there is kept and gets the new role.

    Raises AddressHasAccount.
    """
    email = email.lower()
    if user := User.objects.with_address(email):
        raise AddressHasAccount(user)
    organisation = invited_by.organisation_id if invited_by else organisation
    fields = {
        "role": role,
        "language": language,
        "invited_by": invited_by,
        "invited_at": now,
        "expires_at": now + timedelta(days=settings.INVITATION_DAYS),
    }
    with transaction.atomic():
        # No link matches the hash until a mail is sent.
        new = fields | {"token_hash": _hash(secrets.token_urlsafe(32)), "organisation_id": organisation}
        pending = Invitation.objects.in_organisation(organisation).pending()
        invitation, _ = pending.update_or_create(email=email, defaults=fields, create_defaults=new)
        record(Event.INVITATION_CREATED, organisation=organisation, invitation=invitation.pk, role=role)
    return invitation


def send_invitation(*, invitation: Invitation, now: datetime) -> bool:
    """Mail a new link, which makes earlier ones invalid. Return False if the mail could not be sent, or the invitation
    is no longer pending."""
    token = secrets.token_urlsafe(32)
    expires_at = now + timedelta(days=settings.INVITATION_DAYS)
    pending = Invitation.objects.pending().filter(pk=invitation.pk)
    if not pending.update(token_hash=_hash(token), expires_at=expires_at):
        return False
    school = invitation.organisation.name
    inviter = invitation.invited_by.name if invitation.invited_by else "Attune"
    context = {
        "invitation_url": reverse("invitation", args=[token]),
        "school": school,
        "inviter": f"{inviter} ({school})" if school else inviter,
        "is_teacher": invitation.role == Invitation.Role.TEACHER,
        "days": settings.INVITATION_DAYS,
    }
    purpose = f"send invitation {invitation.pk}"
    with translation.override(invitation.language):
        if not send_or_log("account/email/invitation", invitation.email, context, purpose=purpose):
            return False
    return pending.update(sent_at=now) == 1


def withdraw_invitation(*, invitation: Invitation, now: datetime) -> bool:
    """Make the link invalid. Return False if the invitation is no longer pending."""
    with transaction.atomic():
        withdrawn = Invitation.objects.pending().filter(pk=invitation.pk).update(withdrawn_at=now) == 1
        if withdrawn:
            record(Event.INVITATION_WITHDRAWN, organisation=invitation.organisation_id, invitation=invitation.pk)
    return withdrawn


def invitation_with_token(token: str, *, now: datetime) -> Invitation:
    """Return the invitation whose link has the token. Raises InvitationClosed."""
    invitation = Invitation.objects.open(now).filter(token_hash=_hash(token)).first()
    if invitation is None:
        raise InvitationClosed
    return invitation


def accept_with_new_account(*, token: str, name: str, password: str, now: datetime) -> User:
    """Create the invited account; its address is confirmed, because the link came by mail.

    Raises InvitationClosed or AddressHasAccount.
    """
    with transaction.atomic():
        invitation = _locked(token, now)
        if user := User.objects.with_address(invitation.email):
            raise AddressHasAccount(user)
        user = User.objects.create_user(
            invitation.email,
            password,
            name=name,
            role=invitation.role,
            organisation_id=invitation.organisation_id,
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        _accept(invitation, user, now)
    return user


def accept_with_own_account(*, token: str, user: User, now: datetime) -> None:
    """Accept as a user who created their account after their address was invited.

    Raises InvitationClosed, also for any other user and for one of another organisation.
    """
    with transaction.atomic():
        invitation = _locked(token, now)
        if invitation.email != user.email or invitation.organisation_id != user.organisation_id:
            raise InvitationClosed
        _accept(invitation, user, now)


def obsolete_invitations(*, now: datetime) -> InvitationQuerySet:
    """Return the closed invitations that have been kept long enough."""
    return Invitation.objects.closed_before(now - KEPT_AFTERWARDS)


def delete_obsolete_invitations(*, now: datetime) -> int:
    """Return how many there were."""
    _rows, by_table = obsolete_invitations(now=now).delete()
    return by_table.get(Invitation._meta.label, 0)


def _locked(token: str, now: datetime) -> Invitation:
    """Make a second request with the link wait until it finds the link used. Raises InvitationClosed."""
    found = Invitation.objects.open(now).select_for_update(no_key=True).filter(token_hash=_hash(token)).first()
    if found is None:
        raise InvitationClosed
    return found


def _accept(invitation: Invitation, user: User, now: datetime) -> None:
    # The condition lets only one of two requests with the same link through.
    if not Invitation.objects.open(now).filter(pk=invitation.pk).update(accepted_at=now, accepted_by=user):
        raise InvitationClosed
    if invitation.role == Invitation.Role.TEACHER and user.is_student:
        # An administrator chose the role, for the person who receives the address's mail.
        user.role = User.Role.TEACHER
        user.save(update_fields=["role", "is_staff", "is_superuser"])
    record(Event.INVITATION_ACCEPTED, subject=user, invitation=invitation.pk)
    invitation_accepted.send(sender=Invitation, invitation=invitation, user=user)


def _hash(token: str) -> str:
    """A token of 256 random bits needs no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
