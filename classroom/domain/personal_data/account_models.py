"""Personal data in the tables of accounts, including those of Django and of other packages."""

from datetime import datetime
from typing import Any

from django.db.models import Case, F, When
from django.utils.translation import gettext_lazy as _

from accounts.browser_sessions.expiry import delete_sessions_of
from accounts.models import Invitation, User
from accounts.security_log.events import numbers_of
from classroom.domain.personal_data.declarations import Data, Declaration, Erased, Kept

FOR_SIGNING_IN = _("To sign you in.")
FOR_SECURITY = _("To notice and explain misuse of accounts and of data.")
FOR_INVITING = _("To let in the people whom the school invites.")
EVIDENCE = _("As evidence of what you agreed to.")


def only_own_address(user: User) -> dict[str, Any]:
    """Export only the user's own network addresses, not those of others who changed the account."""
    return {"from_address": Case(When(actor__in=numbers_of(user), then=F("address")))}


def delete_sign_ins(user: User, now: datetime) -> int:
    return delete_sessions_of([user.pk])


def delete_open_invitations(user: User, now: datetime) -> int:
    """Those of the user's school to the address, which nobody accepted. Another school's may be why they leave."""
    invitations = Invitation.objects.in_organisation(user.organisation_id)
    return invitations.filter(email=user.email, accepted_by=None).delete()[0]


PROFILE = Data(
    section="profile",
    person=("pk",),
    fields=(
        *("id", "organisation", "name", "email", "school_id", "role", "language", "time_zone"),
        *("date_joined", "last_login", "is_active"),
        *("password_mail_asked_at", "password_mail_sent_at", "password_mail_failed"),
    ),
    what=_(
        "Your account: name, e-mail address, role, language, time zone, the school’s ID if it was entered, and when an "
        "e-mail to choose a password was sent."
    ),
    why=_("To sign you in, and so that teachers and students know who is who."),
    kept=Kept.ACCOUNT,
    erased=Erased.WITH_ACCOUNT,
)
SECRETS = Data(
    fields=("password", "sign_outs_everywhere"),
    what=_("Your password as a hash."),
    why=FOR_SIGNING_IN,
    kept=Kept.ACCOUNT,
    erased=Erased.WITH_ACCOUNT,
    withheld="Anyone with the file could try passwords against it.",
)
MADE_FROM_PROFILE = Data(
    fields=("display_name", "sort_key", "is_staff", "is_superuser"),
    what=_("Versions of your name and role for showing and sorting lists."),
    why=_("To sign you in, and so that teachers and students know who is who."),
    kept=Kept.ACCOUNT,
    erased=Erased.WITH_ACCOUNT,
    withheld="Made from name, address and role.",
)
ADDRESS = Data(
    section="addresses",
    person=("user",),
    fields=("email", "verified", "primary"),
    what=_("E-mail addresses that you confirmed."),
    why=FOR_SIGNING_IN,
    kept=Kept.ACCOUNT,
    erased=Erased.WITH_ACCOUNT,
)
ADDRESS_CONFIRMATION = Data(
    person=("email_address__user",),
    fields=("created", "sent", "key"),
    what=_("Links by which an e-mail address is confirmed."),
    why=FOR_SIGNING_IN,
    kept=Kept.ACCOUNT,
    erased=Erased.WITH_ACCOUNT,
    withheld="Anyone with the file could confirm the address.",
)
CONSENT_TEXT = Data(
    section="consent_texts",
    person=("consents__student",),
    fields=(),
    also=("version", "body", "published_at", "applies_from"),
    what=_("The texts that you agreed to."),
    why=EVIDENCE,
    kept=Kept.SCHOOL,
    erased=Erased.UNLINKED,
    repeats=True,
)
ACCOUNT_EVENT = Data(
    section="account_events",
    person=("subject", "actor"),
    fields=("at", "event"),
    also=("from_address",),
    what=_("Account activity: sign-ins, changes, downloads and whose data was opened, with the network address."),
    why=FOR_SECURITY,
    kept=Kept.SECURITY_LOG,
    erased=Erased.NUMBERED,
    annotations=only_own_address,
)
ACCOUNT_EVENT_DETAILS = Data(
    fields=("address", "details", "course", "session", "organisation"),
    what=_("Details of account activity."),
    why=FOR_SECURITY,
    kept=Kept.SECURITY_LOG,
    erased=Erased.NUMBERED,
    withheld="They may concern others: own addresses are in account_events as from_address.",
)
ADMINISTRATION = Data(
    section="administration",
    person=("user",),
    fields=("action_time", "action_flag"),
    what=_("What you changed as an administrator, and when."),
    why=FOR_SECURITY,
    kept=Kept.ACCOUNT,
    erased=Erased.WITH_ACCOUNT,
)
ADMINISTERED = Data(
    fields=("content_type", "object_id", "object_repr", "change_message"),
    what=_("What administrators changed, with the name of the person or course."),
    why=FOR_SECURITY,
    kept=Kept.SCHOOL,
    erased=Erased.NUMBERED,
    withheld="It names others; a person's name leaves it with their account.",
)
INVITATION = Data(
    section="invitations",
    person=("accepted_by",),
    fields=("email", "role", "language", "invited_at", "sent_at", "expires_at", "accepted_at", "withdrawn_at"),
    what=_("E-mail invitations that you accepted."),
    why=FOR_INVITING,
    kept=Kept.INVITATION,
    erased=Erased.WITH_ACCOUNT,
    erase=delete_open_invitations,
)
INVITING = Data(
    section="invitations_sent",
    person=("invited_by",),
    fields=("role", "invited_at"),
    what=_("Invitations that you sent as an administrator, and when."),
    why=FOR_INVITING,
    kept=Kept.INVITATION,
    erased=Erased.UNLINKED,
)
INVITATION_SECRET = Data(
    fields=("token_hash",),
    what=_("The link of an invitation as a hash."),
    why=FOR_INVITING,
    kept=Kept.INVITATION,
    erased=Erased.WITH_ACCOUNT,
    withheld="It says nothing about the person.",
)
SIGN_IN = Data(
    fields=("session_key", "session_data", "expire_date"),
    what=_("Browsers in which you are signed in."),
    why=FOR_SIGNING_IN,
    kept=Kept.SIGN_IN,
    erased=Erased.WITH_ACCOUNT,
    withheld="Anyone with the file could act as you.",
    erase=delete_sign_ins,
)

DECLARATIONS = (
    Declaration(
        "accounts.User",
        (PROFILE, SECRETS, MADE_FROM_PROFILE),
        impersonal=("groups", "user_permissions"),
    ),
    Declaration("accounts.Organisation", impersonal=("name", "colour", "logo_key", "retention_days", "created_at")),
    Declaration("accounts.Logo", impersonal=("organisation", "png")),
    Declaration("account.EmailAddress", (ADDRESS,)),
    Declaration("account.EmailConfirmation", (ADDRESS_CONFIRMATION,)),
    Declaration("accounts.Invitation", (INVITATION, INVITING, INVITATION_SECRET), impersonal=("organisation",)),
    Declaration(
        "accounts.ConsentText",
        (CONSENT_TEXT,),
        impersonal=("organisation", "version", "body", "translations", "published_at", "applies_from"),
    ),
    Declaration("sessions.Session", (SIGN_IN,)),
    Declaration("accounts.SecurityEvent", (ACCOUNT_EVENT, ACCOUNT_EVENT_DETAILS)),
    Declaration("admin.LogEntry", (ADMINISTRATION, ADMINISTERED)),
    Declaration("auth.Group", impersonal=("name", "permissions")),
    Declaration("auth.Permission", impersonal=("name", "content_type", "codename")),
    Declaration("contenttypes.ContentType", impersonal=("app_label", "model")),
)
