"""A download whose token ends midway, from the real server: nobody mistakes the partial file for the whole."""

from datetime import timedelta
from http.client import HTTPConnection, IncompleteRead
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone

from accounts.api_tokens.lifecycle import create_token
from accounts.models import Scope, User
from classroom.models import Course
from tests.server import Server

# The fate of a token at its first use, after the request was let in.
ENDS = {
    "revoked": "DELETE FROM accounts_apitoken",
    "expired": "UPDATE accounts_apitoken SET expires_at = created_at",
    "usable": "",
}


def create_class() -> tuple[int, dict[str, str]]:
    """Create a class with two readings; return its session and a teacher's token for each of ENDS."""
    now = timezone.now()
    teacher, student = (
        User.objects.create_user(f"{role}@ended-tokens.example.org", name=role, role=role)
        for role in ("teacher", "student")
    )
    course = Course.objects.create(name="Ended tokens", organisation=teacher.organisation)
    course.teachers.add(teacher)
    session = course.sessions.create(topic="Downloads", started_at=now - timedelta(hours=1), ended_at=now)
    for seq in (1, 2):
        at = session.started_at + timedelta(seconds=seq)
        session.readings.create(student=student, seq=seq, captured_at=at, received_at=at, faces=0, model="test")
    return session.pk, {name: token_that_ends(name, teacher) for name in ENDS}


def token_that_ends(name: str, teacher: User) -> str:
    limits = {"scopes": list(Scope), "lifetime": timedelta(days=1)}
    token, text = create_token(user=teacher, name=name, now=timezone.now(), **limits)
    if ENDS[name]:
        connection.cursor().execute(
            f"CREATE TRIGGER token_{name} AFTER UPDATE OF last_used_at ON accounts_apitoken WHEN NEW.id = {token.pk} "
            f"BEGIN {ENDS[name]} WHERE id = NEW.id; END"
        )
    return text


def download(server: Server, session: int, token: str) -> bytes:
    client = HTTPConnection(urlsplit(server.url).netloc, timeout=120)
    headers = {"Authorization": f"Bearer {token}"}
    client.request("GET", f"/api/v1/sessions/{session}/exports/readings/", headers=headers)
    response = client.getresponse()
    assert response.status == 200
    return response.read()


def test_connection_is_reset_when_the_token_ends_in_mid_stream(server):
    session, tokens = server.call(create_class)
    for ended in ("revoked", "expired"):
        with pytest.raises((IncompleteRead, ConnectionError)):
            download(server, session, tokens[ended])
    assert len(download(server, session, tokens["usable"]).splitlines()) == 3
