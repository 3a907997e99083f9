"""The browsers in which a user is signed in: their names, and ending their sign-ins."""

import re
from collections.abc import Iterable

from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _

from accounts.browser_sessions.sign_outs import browser_signed_out
from accounts.security_log.events import Event, record

# The first match counts, because most browsers also name their ancestors.
BROWSERS = {
    "Edge": r"Edg(e|A|iOS)?/",
    "Opera": r"OPR/",
    "Samsung Internet": r"SamsungBrowser/",
    "Firefox": r"(Firefox|FxiOS)/",
    "Chrome": r"(Chrome|CriOS|HeadlessChrome)/",
    "Safari": r"Safari/",
}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "ChromeOS": "CrOS",
    "macOS": "Mac OS X|Macintosh",
    "Linux": "Linux",
}


class UserSessionsAdapter(DefaultUserSessionsAdapter):
    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        """End the sign-ins and send the signal that closes their open sockets."""
        ended = list(sessions)
        super().end_sessions(ended)
        if ended:
            record(Event.SIGNED_OUT_ELSEWHERE, subject=ended[0].user, browsers=len(ended))
        for session in ended:
            browser_signed_out.send(sender=UserSession, user_id=session.user_id, session_key=session.session_key)


def browser_name(user_agent: str) -> str:
    """Return for instance 'Firefox on Windows'. Browsers name themselves, and nobody can verify it."""
    browser = _first_match(BROWSERS, user_agent)
    system = _first_match(SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")


def _first_match(patterns: dict[str, str], user_agent: str) -> str:
    return next((name for name, pattern in patterns.items() if re.search(pattern, user_agent)), "")
