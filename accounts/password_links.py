"""Links with which people choose a password. Administrators mail them or hand them over, and never set a password."""

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
    """Return the URL of the page. It works once, within MAIL_LINK_HOURS, and not after the next sign-in."""
    record(Event.PASSWORD_LINK_MADE, subject=user, sent=False)
    return settings.SITE_URL + _path(user)


def mail_password_link(user: User) -> bool:
    """Return whether the mail was sent."""
    try:
        get_adapter().send_mail("account/email/password_link", user.email, {"password_url": _path(user)})
    except OSError as error:
        logger.warning("could not send user %s a password link: %s", user.pk, type(error).__name__)
        return False
    record(Event.PASSWORD_LINK_MADE, subject=user, sent=True)
    return True


def _path(user: User) -> str:
    token = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": token})
