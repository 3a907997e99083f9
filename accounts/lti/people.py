"""Which users a platform's people are, by issuer and subject only, as docs/adr/0034 explains."""

from collections.abc import Collection, Iterable

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.lti.pending import Launch
from accounts.models import LtiAccount, OrganisationId, User
from accounts.security_log.events import Event, record


class NoNewAccount(PermissionError):
    """A launch gives the person no account; `reason` is one of the constants below."""

    CLOSED = "closed"
    NO_ADDRESS = "no_address"
    ADDRESS_TAKEN = "address_taken"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MayNotBeLinked(PermissionError):
    """Nobody is linked to an account that no platform of the organisation may sign in to, or to a second account."""


def user_of_launch(launch: Launch) -> User | None:
    people = LtiAccount.objects.select_related("user").filter(organisation=launch.organisation)
    found = people.filter(issuer=launch.issuer, subject=launch.subject).first()
    return found.user if found else None


def may_sign_in(user: User, organisation: OrganisationId) -> bool:
    """Return whether the organisation's platforms may sign the user in. Administrators use only credentials they have
    here, so that no platform can act for them."""
    return user.is_active and not user.is_administrator and user.organisation_id == organisation


def taken_addresses(emails: Iterable[str]) -> set[str]:
    """Return those, in lower case, that belong to accounts."""
    return set(User.objects.filter(email__in=set(emails)).values_list("email", flat=True))


def why_no_new_account(*, role: str, email: str, taken: Collection[str]) -> str:
    """Return a constant of NoNewAccount, or nothing; `taken` are addresses that accounts have."""
    allowed = settings.LTI_NEW_ACCOUNTS
    if allowed == "nobody" or (allowed == "students" and role == "teacher"):
        return NoNewAccount.CLOSED
    if not email:
        return NoNewAccount.NO_ADDRESS
    return NoNewAccount.ADDRESS_TAKEN if email in taken else ""


def create_account(
    *, organisation: OrganisationId, issuer: str, subject: str, name: str, email: str, role: str
) -> User:
    """Create an account without a password, for a person who has none here. A platform's teachers become teachers.

    Raises NoNewAccount.
    """
    if reason := why_no_new_account(role=role, email=email, taken=taken_addresses([email])):
        raise NoNewAccount(reason)
    account_role = User.Role.TEACHER if role == "teacher" else User.Role.STUDENT
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, None, name=name, role=account_role, organisation_id=organisation)
            person = {"organisation_id": organisation, "issuer": issuer, "subject": subject}
            LtiAccount.objects.create(user=user, **person, began_account=True)
    except IntegrityError:  # another request was faster
        raise NoNewAccount(NoNewAccount.ADDRESS_TAKEN) from None
    return user


def link_account(*, launch: Launch, user: User) -> None:
    """Let the person of the launch sign in as the user, who is notified by mail. Raises MayNotBeLinked."""
    if not may_sign_in(user, launch.organisation):
        raise MayNotBeLinked
    with transaction.atomic():
        linked, is_new = LtiAccount.objects.get_or_create(
            organisation_id=launch.organisation,
            issuer=launch.issuer,
            subject=launch.subject,
            defaults={"user": user},
        )
        if linked.user_id != user.pk:
            raise MayNotBeLinked
        if is_new:
            record(Event.LTI_ACCOUNT_LINKED, subject=user, platform=launch.platform)
    if is_new:
        get_adapter().send_notification_mail("socialaccount/email/account_connected", user)


def unlink_account(*, user: User, account: int) -> bool:
    """Return False if the user has no such link."""
    if not LtiAccount.objects.filter(pk=account, user=user).delete()[0]:
        return False
    record(Event.LTI_ACCOUNT_UNLINKED, subject=user)
    return True


def unlink_accounts_that_began(user: User) -> None:
    """An account that began with a launch belongs to the person who confirms its address. The person whom the platform
    named with that address may be somebody else; if not, they sign in and link the account again."""
    if LtiAccount.objects.filter(user=user, began_account=True).delete()[0]:
        record(Event.LTI_ACCOUNT_UNLINKED, subject=user)
