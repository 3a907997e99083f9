"""Links with which people choose a password. Administrators mail them or hand them over, and never set a password."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from accounts.email.sending import send_or_log
from accounts.models import User
from accounts.security_log.events import Event, record


def make_password_link(user: User) -> str:
    """Return the URL of the page. It works once, within MAIL_LINK_HOURS, and not after the next sign-in."""
    record(Event.PASSWORD_LINK_MADE, subject=user, sent=False)
    return settings.SITE_URL + _path(user)


def mail_password_link(user: User) -> bool:
    """Return whether the mail was sent."""
    context = {"password_url": _path(user), "school": user.organisation.name}
    purpose = f"send user {user.pk} a password link"
    if not send_or_log("account/email/password_link", user.email, context, purpose=purpose):
        return False
    record(Event.PASSWORD_LINK_MADE, subject=user, sent=True)
    return True


def _path(user: User) -> str:
    token = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": token})
