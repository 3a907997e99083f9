"""The browsers in which a user is signed in: what they are called, and how their sign-ins end."""

import re
from collections.abc import Iterable

from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _

from accounts.security_log import Event, record
from accounts.sign_ins import browser_signed_out

# The first that matches counts: most browsers also name those that they descend from.
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
        """End the sign-ins and tell of it, so that their open sockets close, too."""
        ended = list(sessions)
        super().end_sessions(ended)
        if ended:
            record(Event.SIGNED_OUT_ELSEWHERE, subject=ended[0].user, browsers=len(ended))
        for session in ended:
            browser_signed_out.send(sender=UserSession, user_id=session.user_id, session_key=session.session_key)


def browser_name(user_agent: str) -> str:
    """Return for instance 'Firefox on Windows'; browsers say what they are, and nobody can check it."""
    browser = _first_match(BROWSERS, user_agent)
    system = _first_match(SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")


def _first_match(patterns: dict[str, str], user_agent: str) -> str:
    return next((name for name, pattern in patterns.items() if re.search(pattern, user_agent)), "")
