"""Answers are compressed for browsers that can read it, except files that are compressed already or streamed."""

import gzip
from datetime import timedelta

import pytest

from classroom.models import Enrolment
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
GZIP = {"Accept-Encoding": "gzip"}
DAY = timedelta(days=1)


@pytest.fixture
def session():
    return factories.session(ended_at=NOW)


@pytest.fixture
def teacher(client, session):
    client.force_login(session.course.teachers.get())
    return client


def test_pages_and_tables_are_compressed(teacher, session):
    for path in (f"/courses/{session.course_id}/register/", f"/courses/{session.course_id}/sessions.csv", "/privacy/"):
        plain, compressed = teacher.get(path), teacher.get(path, headers=GZIP)
        assert not plain.has_header("Content-Encoding")
        assert compressed["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in compressed["Vary"]
        assert len(compressed.content) < len(gzip.decompress(compressed.content)) == len(plain.content)


def test_register_takes_a_tenth_of_its_bytes(teacher, session):
    """Most of a register is marks, of which there are five kinds."""
    for _ in range(30):
        factories.student_of(session.course)
    Enrolment.objects.update(joined_at=NOW - 30 * DAY)
    for day in range(12):
        factories.session(session.course, started_at=NOW - (day + 2) * DAY, ended_at=NOW - (day + 1) * DAY)
    path = f"/courses/{session.course_id}/register/"
    assert len(teacher.get(path, headers=GZIP).content) * 10 < len(teacher.get(path).content)


def test_length_of_a_compressed_page_varies(teacher):
    """Otherwise it would tell something about the page's secrets (BREACH)."""
    assert len({len(teacher.get("/privacy/", headers=GZIP).content) for _ in range(20)}) > 1


def test_workbooks_and_streams_are_sent_as_they_are(teacher, session):
    for path in (f"/courses/{session.course_id}/register.csv?format=xlsx", f"/sessions/{session.pk}/readings.csv"):
        assert not teacher.get(path, headers=GZIP).has_header("Content-Encoding")
