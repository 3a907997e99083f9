"""Sessions like those from the sign-in form, which takes longer, for tests of other pages."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from accounts.models import User
from tests.server import Server


def session_cookie(server: Server, email: str) -> dict[str, str]:
    """Store a session of the user in the server's database and return its cookie."""
    key = server.call(_create_session, email)
    return {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": server.url}


def _create_session(email: str) -> str:
    user = User.objects.get(email=email)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key
