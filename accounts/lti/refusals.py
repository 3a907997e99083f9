"""Reasons for refusing a launch: codes for the security log, and what the page says."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Reason(StrEnum):
    PLATFORM = "platform"
    ANSWER = "answer"
    STATE = "state"
    NONCE = "nonce"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    DEPLOYMENT = "deployment"
    EXPIRED = "expired"
    CLOCK = "clock"
    KEYS = "keys"
    SIGNATURE = "signature"
    MESSAGE = "message"
    CONTEXT = "context"
    ACCOUNT = "account"


TEXTS: dict[Reason, Promise] = {
    Reason.PLATFORM: _("This site does not know the learning platform that sent you."),
    Reason.ANSWER: _("The learning platform did not say who you are."),
    Reason.STATE: _("This link was already used, has expired, or was opened in another browser."),
    Reason.NONCE: _("What the learning platform sent belongs to another attempt."),
    Reason.ISSUER: _("What the learning platform sent comes from another platform."),
    Reason.AUDIENCE: _("What the learning platform sent is for another site."),
    Reason.DEPLOYMENT: _("This site does not know this deployment of the learning platform."),
    Reason.EXPIRED: _("What the learning platform sent has expired."),
    Reason.CLOCK: _("The learning platform’s clock is ahead of this site’s."),
    Reason.KEYS: _("The learning platform’s keys could not be read."),
    Reason.SIGNATURE: _("What the learning platform sent is not signed with its key, or was changed on the way."),
    Reason.MESSAGE: _("What the learning platform sent is incomplete."),
    Reason.CONTEXT: _("The learning platform did not say which course you come from."),
    Reason.ACCOUNT: _("You cannot sign in this way to an administrator’s, another school’s or a deactivated account."),
}


class LaunchRefused(Exception):
    """`detail` is for the log only."""

    def __init__(self, reason: Reason, detail: object = "", *, platform: int | None = None) -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.platform = platform

    @property
    def text(self) -> str:
        return str(TEXTS[self.reason])
