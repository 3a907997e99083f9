"""Notifies people's former addresses, as a change on their own page does. This follows the import: a mail to each takes
long, and if one cannot be sent, the import stays."""

import logging

from accounts.email.sending import send_or_log
from classroom.domain.imports.plan import Plan

logger = logging.getLogger(__name__)

# If this many mails fail in a row, the mail server is unavailable.
MAX_FAILURES = 3


def notify_former_addresses(plan: Plan) -> None:
    """Mail each address that an import has replaced."""
    failures = 0
    pairs = plan.former_addresses
    for number, (user, former) in enumerate(pairs, start=1):
        purpose = f"notify the old address of user {user.pk}"
        is_sent = send_or_log("account/email/email_changed", former, {"user": user}, purpose=purpose)
        failures = 0 if is_sent else failures + 1
        if failures == MAX_FAILURES:
            left = len(pairs) - number
            logger.warning("The mail server is unavailable: %s former addresses are not notified.", left)
            return
