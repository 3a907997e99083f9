"""Changing the address that a user signs in with.

A requested address is only in the link that is mailed to it, not in the database, so nobody can reserve an address
whose mail they do not receive.
"""

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.utils import build_absolute_uri
from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts.email.sending import send_or_log
from accounts.models import User
from accounts.security_log.events import Event, record

SALT = "accounts.email.change"


class AddressTaken(Exception):
    """Another account has the address."""


def send_link(request: HttpRequest, *, user: User, address: str) -> None:
    """Send the new address a link; the account's address changes once its user opens it."""
    token = signing.dumps({"user": user.pk, "old": user.email, "new": address}, salt=SALT)
    url = build_absolute_uri(request, reverse("confirm_email_change", args=[token]))
    get_adapter().send_mail("account/email/email_change", address, {"confirm_url": url})
    record(Event.EMAIL_CHANGE_REQUESTED, subject=user)


def address_in_link(token: str, user: User) -> str | None:
    """Return the new address, or None unless the link is the user's, less than MAIL_LINK_HOURS old and not used yet."""
    try:
        link = signing.loads(token, salt=SALT, max_age=settings.MAIL_LINK_HOURS * 3600)
    except signing.BadSignature:
        return None
    return link["new"] if (link["user"], link["old"]) == (user.pk, user.email) else None


def change_address(*, user: User, address: str, is_confirmed: bool) -> None:
    """Make the address the account's only one, and notify the old one by mail. Raises AddressTaken."""
    if User.objects.filter(email__iexact=address).exclude(pk=user.pk).exists():
        raise AddressTaken
    old = user.email
    user.email = address
    try:
        with transaction.atomic():
            user.save(update_fields=["email"])
            EmailAddress.objects.update_or_create(
                user=user, email=address, defaults={"verified": is_confirmed, "primary": True}
            )
    except IntegrityError:  # another request was faster
        user.email = old
        raise AddressTaken from None
    send_or_log("account/email/email_changed", old, {}, purpose=f"notify the old address of user {user.pk}")
