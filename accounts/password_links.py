"""Links by which people choose a password. Administrators have them mailed or hand them over, and set no password."""

import logging

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from accounts.models import User
from accounts.security_log import Event, record

logger = logging.getLogger(__name__)


def make_password_link(user: User) -> str:
    """Return the address of the page, which works once and for MAIL_LINK_HOURS. It ends with the next sign-in, too."""
    record(Event.PASSWORD_LINK_MADE, subject=user, sent=False)
    return settings.SITE_URL + _path(user)


def mail_password_link(user: User) -> bool:
    """Return whether the mail was sent."""
    try:
        get_adapter().send_mail("account/email/password_link", user.email, {"password_url": _path(user)})
    except OSError as error:
        logger.warning("could not send user %s a password link: %s", user.pk, error)
        return False
    record(Event.PASSWORD_LINK_MADE, subject=user, sent=True)
    return True


def _path(user: User) -> str:
    token = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": token})
