"""A download whose token ends meanwhile, from the real server: nobody takes what has arrived for the file."""

import json
from http.client import HTTPConnection, IncompleteRead
from urllib.parse import urlsplit

import pytest

from tests.server import Server

# The database ends two of the tokens at their first use: after the request was let in.
CLASS = """
import json
from datetime import timedelta
from django.db import connection
from django.utils import timezone
from accounts.api_tokens.lifecycle import create_token
from accounts.models import Scope, User
from classroom.models import Course
now = timezone.now()
teacher, student = (
    User.objects.create_user(f"{role}@ended-tokens.example.org", None, name=role, role=role)
    for role in ("teacher", "student")
)
course = Course.objects.create(name="Ended tokens", organisation=teacher.organisation)
course.teachers.add(teacher)
session = course.sessions.create(topic="Downloads", started_at=now - timedelta(hours=1), ended_at=now)
for seq in (1, 2):
    at = session.started_at + timedelta(seconds=seq)
    session.readings.create(student=student, seq=seq, captured_at=at, received_at=at, faces=0, model="test")
texts = {}
for name, end in (
    ("revoked", "DELETE FROM accounts_apitoken"),
    ("expired", "UPDATE accounts_apitoken SET expires_at = created_at"),
    ("usable", ""),
):
    token, texts[name] = create_token(
        user=teacher, name=name, scopes=list(Scope), lifetime=timedelta(days=1), now=timezone.now()
    )
    if end:
        connection.cursor().execute(
            f"CREATE TRIGGER token_{name} AFTER UPDATE OF last_used_at ON accounts_apitoken WHEN NEW.id = {token.pk} "
            f"BEGIN {end} WHERE id = NEW.id; END"
        )
print(json.dumps([session.pk, texts]))
"""


def download(server: Server, session: int, token: str) -> bytes:
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=120)
    headers = {"Authorization": f"Bearer {token}"}
    connection.request("GET", f"/api/v1/sessions/{session}/exports/readings/", headers=headers)
    response = connection.getresponse()
    assert response.status == 200
    return response.read()


def test_connection_is_reset_when_the_token_ends_in_mid_stream(server):
    made = server.manage("shell", "-v0", "-c", CLASS)
    assert made.returncode == 0, made.stderr
    session, tokens = json.loads(made.stdout)
    for ended in ("revoked", "expired"):
        with pytest.raises((IncompleteRead, ConnectionError)):
            download(server, session, tokens[ended])
    assert len(download(server, session, tokens["usable"]).splitlines()) == 3
