"""Everything about the user as CSV files in a zip file, with the same rows as the JSON file."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest

from classroom.domain.personal_data import export
from classroom.domain.personal_data.registry import sections
from classroom.models import Marker
from tests import factories
from tests.classroom.views.account_people import client_of, student_with_data
from tests.factories import NOW

pytestmark = pytest.mark.django_db
TABLES = "/accounts/data/tables/"


@pytest.fixture
def student():
    return student_with_data(factories.session(ended_at=NOW + timedelta(hours=1)))


def tables_of(client) -> dict[str, list[dict[str, str]]]:
    response = client.get(TABLES)
    assert response.status_code == 200
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        assert archive.testzip() is None
        texts = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    return {name: list(csv.DictReader(io.StringIO(text, newline=""))) for name, text in texts.items()}


@pytest.mark.parametrize("chunk_rows", [1, 2000])
def test_tables_have_the_rows_of_the_json_file(student, monkeypatch, chunk_rows):
    monkeypatch.setattr(export, "CHUNK_ROWS", chunk_rows)
    client = client_of(student)
    tables = tables_of(client)
    held = json.loads(b"".join(client.get("/accounts/data/").streaming_content))
    assert list(tables) == [f"{section.name}.csv" for section in sections()]
    assert {name: len(rows) for name, rows in tables.items() if name != "profile.csv"} == {
        f"{name}.csv": len(rows) for name, rows in held.items() if name != "profile"
    }
    assert [row["happy"] for row in tables["readings.csv"]] == ["0.7", "0.7"]
    assert tables["profile.csv"][0]["email"] == student.email
    assert tables["classes.csv"][0]["left"] == "0"
    assert json.loads(tables["alerts_about_me.csv"][0]["figures"]) == {}


@pytest.mark.any_database
def test_text_cannot_run_as_a_formula(student):
    session = factories.session()
    teacher = session.course.teachers.get()
    Marker.objects.create(session=session, author=teacher, at=NOW, text="=1+1")
    assert [row["text"] for row in tables_of(client_of(teacher))["markers.csv"]] == ["'=1+1"]


def test_both_files_share_six_downloads_an_hour(student):
    client = client_of(student)
    statuses = [client.get(path).status_code for path in ("/accounts/data/", TABLES) * 3]
    assert (statuses, client.get(TABLES).status_code) == ([200] * 6, 429)


@pytest.mark.any_database
def test_page_lists_what_is_kept_and_how_much(student):
    page = " ".join(client_of(student).get("/accounts/kept/").content.decode().split())
    assert "Readings of your face: time, faces found" in page
    assert '<span class="list__meta num">2</span>' in page
    assert "Courses that you teach." not in page


@pytest.mark.parametrize("readings", [1, 5])
def test_query_count_is_independent_of_rows(student, readings, django_assert_num_queries):
    client = client_of(student)
    session = factories.session()
    for second in range(readings):
        factories.reading(session, student, after_s=second)
    # One for each section, and two that check whether other accounts were merged into this one.
    with django_assert_num_queries(4 + len(sections())):
        client.get("/accounts/kept/")
