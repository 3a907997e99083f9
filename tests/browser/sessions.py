"""Sessions as the sign-in form makes them, for tests of other pages: the form takes longer."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils.crypto import get_random_string

from accounts.models import User
from tests.server import BUSY_S, Server


def session_cookie(server: Server, email: str) -> dict[str, str]:
    """Store a session of the user in the server's database and return its cookie."""
    columns = ("id", "password", "sign_outs_everywhere")
    query = f"SELECT {', '.join(columns)} FROM accounts_user WHERE email = ?"  # noqa: S608  # names
    with closing(sqlite3.connect(server.env["SQLITE_PATH"], timeout=BUSY_S)) as database, database:
        user = User(**dict(zip(columns, database.execute(query, [email]).fetchone(), strict=True)))
        content = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        key, expires = get_random_string(32), datetime.now(UTC) + timedelta(days=1)
        row = (key, SessionStore().encode(content), str(expires))
        database.execute("INSERT INTO django_session (session_key, session_data, expire_date) VALUES (?, ?, ?)", row)
    return {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": server.url}
