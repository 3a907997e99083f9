import json
from datetime import timedelta

import pytest

from classroom.domain.personal_data import export
from classroom.domain.personal_data.export import personal_data_chunks
from classroom.models import Reading
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [0, 1, 4, 5, 9])
def test_rows_come_in_chunks_and_all_of_them(monkeypatch, rows):
    monkeypatch.setattr(export, "CHUNK_ROWS", 4)
    session = factories.session()
    student = factories.student_of(session.course)
    factories.attendance(session, student)
    for second in range(rows):
        factories.reading(session, student, after_s=second)
    chunks = list(personal_data_chunks(student))
    assert [reading["seq"] for reading in json.loads("".join(chunks))["readings"]] == list(range(1, rows + 1))
    assert max(chunk.count('"seq"') for chunk in chunks) <= 4


def test_readings_of_several_classes_are_all_there():
    course = factories.course()
    student = factories.student_of(course)
    for day in range(3):
        start = NOW + timedelta(days=day)
        session = factories.session(course, started_at=start, ended_at=start + timedelta(hours=1))
        factories.reading(session, student, after_s=1)
    readings = json.loads("".join(personal_data_chunks(student)))["readings"]
    assert len({reading["session_id"] for reading in readings}) == 3
    assert set(readings[0]) == {field.attname for field in Reading._meta.fields} - {"id", "student_id"}


def test_text_of_the_user_cannot_break_the_file():
    user = factories.user(name='Zoë "\\ \u2028 </script>')
    assert json.loads("".join(personal_data_chunks(user)))["profile"]["name"] == user.name
