import json
from datetime import timedelta

import pytest
from django.apps import apps

from accounts.models import User
from classroom.domain import personal_data
from classroom.domain.personal_data import personal_data_chunks, sections
from classroom.models import Reading
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

# Every reference to a user that the database has, and the section that its rows are in.
REFERENCES = {
    "account.EmailAddress.user": "addresses",
    "accounts.Consent.user": "consents",
    "accounts.SecurityEvent.actor": "account_events",
    "accounts.SecurityEvent.subject": "account_events",
    "admin.LogEntry.user": "administration",
    "classroom.Alert.acknowledged_by": "alerts_noted",
    "classroom.Alert.student": "alerts_about_me",
    "classroom.Attendance.student": "classes",
    "classroom.Course.teachers": "courses_taught",
    "classroom.Enrolment.student": "courses",
    "classroom.JoinRequest.student": "join_requests",
    "classroom.Marker.author": "markers",
    "classroom.RaisedHand.student": "hands",
    "classroom.Reading.student": "readings",
    "classroom.Removal.student": "removals",
    "classroom.SelfReport.student": "answers",
    "classroom.StudentMinute.student": "minutes",
}
# What a simulation must clean up: rows that live as long as it runs.
NOT_ABOUT_THE_USER = {f"classroom.SimulatedClass.{name}" for name in ("teacher", "new_students", "returned_students")}
# Fields that say nothing about the user, or that must stay secret.
LEFT_OUT = {
    "password": "a hash, which must stay secret",
    "display_name": "made from name and address",
    "sort_key": "made from the name",
    "is_staff": "made from the role",
    "is_superuser": "made from the role",
    "sign_outs_everywhere": "a counter that sessions are checked against",
}


def test_every_reference_to_a_user_is_in_a_section():
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in [*model._meta.fields, *model._meta.many_to_many]
        if field.related_model is User and not model._meta.auto_created
    }
    assert found == set(REFERENCES) | NOT_ABOUT_THE_USER
    assert set(REFERENCES.values()) <= {section.name for section in sections(factories.user())}


def test_profile_has_every_field_of_the_account_but_those_left_out():
    assert {field.name for field in User._meta.fields} == {*personal_data.PROFILE, *LEFT_OUT}


@pytest.mark.parametrize("rows", [0, 1, 4, 5, 9])
def test_rows_come_in_chunks_and_all_of_them(monkeypatch, rows):
    monkeypatch.setattr(personal_data, "CHUNK_ROWS", 4)
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
