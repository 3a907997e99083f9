"""Mails that cannot be sent. If one about something already saved fails, that must not look as if the save had failed.

A visitor who waits for any other mail gets a page that says so: UnavailableMiddleware.
"""

import logging
from typing import Any

from allauth.account.adapter import get_adapter

logger = logging.getLogger(__name__)


class MailNotSent(OSError):
    """The mail server does not respond, or refuses the mail. The text is the kind of error, without the address."""


def send_or_log(template: str, address: str, context: dict[str, Any], *, purpose: str) -> bool:
    """Send the mail of the template, and return whether that worked. The log names the purpose, never the address."""
    try:
        get_adapter().send_mail(template, address, context)
    except MailNotSent as error:
        logger.warning("could not %s: %s", purpose, error)
        return False
    return True
