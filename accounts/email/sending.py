"""Mails about something already saved. If one fails, that must not look as if the save had failed."""

import logging
from typing import Any

from allauth.account.adapter import get_adapter

logger = logging.getLogger(__name__)


def send_or_log(template: str, address: str, context: dict[str, Any], *, purpose: str) -> bool:
    """Send the mail of the template, and return whether that worked. The log names the purpose, never the address."""
    try:
        get_adapter().send_mail(template, address, context)
    except OSError as error:
        logger.warning("could not %s: %s", purpose, type(error).__name__)
        return False
    return True
