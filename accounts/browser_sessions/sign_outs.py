"""Checks whether a browser is still signed in, for connections that outlive the request that checked it, and ends all
sign-ins of a user."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import F
from django.dispatch import Signal
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.security_log.events import Event, record

# With user_id and session_key.
browser_signed_out = Signal()
# With user_id.
signed_out_everywhere = Signal()


def is_signed_in(user: User, session_key: str | None) -> bool:
    """Return whether the browser's session still exists, belongs to the user and was made with the current password.

    Unlike `django.contrib.auth.get_user`, this changes nothing: a request that changes the password may be about to
    renew the session. Costs one query.
    """
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    return session.get(SESSION_KEY) == str(user.pk) and _has_current_password(session, user)


def signed_in_user(session: SessionBase) -> User | None:
    """Return the active user of the session if it was made with the current password. Like `is_signed_in`, this changes
    nothing."""
    pk = session.get(SESSION_KEY)
    user = User.objects.filter(pk=pk, is_active=True).first() if pk else None
    return user if user and _has_current_password(session, user) else None


def end_all_sign_ins(user: User) -> None:
    """End every session of the user. Receivers close open sockets."""
    User.objects.filter(pk=user.pk).update(sign_outs_everywhere=F("sign_outs_everywhere") + 1)
    record(Event.SIGNED_OUT_EVERYWHERE, subject=user)
    signed_out_everywhere.send(sender=User, user_id=user.pk)


def _has_current_password(session: SessionBase, user: User) -> bool:
    valid_hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(session.get(HASH_SESSION_KEY, ""), each) for each in valid_hashes)
