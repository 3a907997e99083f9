"""Migrations that move data, on a separate database: what an earlier version stored, and what happens to it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps

from tests.factories import NOW

pytestmark = pytest.mark.slow

LATER = NOW + timedelta(days=1)
BEFORE = [("accounts", "0010_language"), ("classroom", "0011_students_counted")]
AFTER = [("accounts", "0013_consent_per_course"), ("classroom", "0019_course_consents")]


@pytest.fixture
def empty_database(tmp_path, django_db_blocker) -> Iterator[DatabaseWrapper]:
    own = connections["default"]
    settings = {**own.settings_dict, "ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "db.sqlite3")}
    database = DatabaseWrapper({**settings, "OPTIONS": {}}, "default")
    connections["default"] = database
    with django_db_blocker.unblock():
        try:
            yield database
        finally:
            database.close()
            connections["default"] = own


def migrate(database: DatabaseWrapper, targets: list[tuple[str, str]]) -> StateApps:
    executor = MigrationExecutor(database)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


def test_courses_keep_their_mode_and_each_consent_becomes_one_for_each_course(empty_database):
    """One test for two migrations: the database takes seconds to make."""
    before = migrate(empty_database, BEFORE).get_model
    courses = before("classroom", "Course").objects
    latin = courses.create(name="Latin", join_code="LATIN234")
    greek = courses.create(name="Greek", join_code="GREEK234", reads_faces=False)
    users, texts = before("accounts", "User").objects, before("accounts", "ConsentText").objects
    ada, ben, cem = (users.create(email=f"{name}@school.example", name=name) for name in ("ada", "ben", "cem"))
    newer = texts.create(version=2, body="New words.")
    before("classroom", "Enrolment").objects.create(course=latin, student=ada)
    held = before("classroom", "ClassSession").objects.create(course=greek, topic="Verbs", started_at=NOW, ended_at=NOW)
    for student in (ada, ben):
        before("classroom", "Attendance").objects.create(session=held, student=student, changed_at=NOW)
    given = before("accounts", "Consent").objects
    given.create(user=ada, text=texts.get(version=1), granted_at=NOW, withdrawn_at=LATER)
    for user in (ada, ben, cem):
        given.create(user=user, text=newer, granted_at=LATER)

    after = migrate(empty_database, AFTER).get_model
    modes = after("classroom", "Course").objects.order_by("name")
    assert list(modes.values_list("name", "mode", "camera_confirmed_by", "camera_confirmed_at")) == [
        ("Greek", "answers", None, None),
        ("Latin", "camera", None, None),
    ]
    consents = after("classroom", "CourseConsent").objects.order_by("student", "text__version", "course")
    assert list(consents.values_list("student", "course", "text__version", "granted_at", "withdrawn_at")) == [
        (ada.pk, latin.pk, 1, NOW, LATER),
        (ada.pk, greek.pk, 1, NOW, LATER),
        (ada.pk, latin.pk, 2, LATER, None),
        (ada.pk, greek.pk, 2, LATER, None),
        (ben.pk, greek.pk, 2, LATER, None),
        (cem.pk, None, 2, LATER, None),
    ]

    back = migrate(empty_database, BEFORE).get_model("accounts", "Consent").objects.order_by("user", "text__version")
    assert list(back.values_list("user", "text__version", "granted_at", "withdrawn_at")) == [
        (ada.pk, 1, NOW, LATER),
        (ada.pk, 2, LATER, None),
        (ben.pk, 2, LATER, None),
        (cem.pk, 2, LATER, None),
    ]


def test_removals_from_before_past_enrolments_are_copied(empty_database):
    before = migrate(empty_database, [("classroom", "0025_typographic_apostrophes")]).get_model
    school = before("accounts", "Organisation").objects.get()
    course = before("classroom", "Course").objects.create(name="Latin", join_code="LATIN234", organisation=school)
    ada = before("accounts", "User").objects.create(email="ada@school.example", organisation=school)
    before("classroom", "Removal").objects.create(course=course, student=ada, join_code="LATIN234", removed_at=NOW)

    after = migrate(empty_database, [("classroom", "0026_past_enrolment")]).get_model
    past = after("classroom", "PastEnrolment").objects.values_list(
        "course", "student", "joined_at", "left_at", "removed"
    )
    assert list(past) == [(course.pk, ada.pk, NOW, NOW, True)]


def test_version_before_anonymous_courses_gets_no_reading_from_them(empty_database):
    """It would show them with names, to which nobody has agreed."""
    now = migrate(empty_database, [("classroom", "0021_anonymous_courses")]).get_model
    course = now("classroom", "Course").objects.create(name="Latin", join_code="LATIN234", mode="anonymous")
    ada = now("accounts", "User").objects.create(email="ada@school.example")
    text = now("accounts", "ConsentText").objects.get()
    for is_anonymous in (False, True):
        held = now("classroom", "ClassSession").objects.create(
            course=course, topic="Verbs", started_at=NOW, ended_at=LATER, is_anonymous=is_anonymous
        )
        about = {"session": held, "student": ada}
        face = {"faces": 1, "expression": "sad", "neutral": 0.0}
        reading = now("classroom", "Reading").objects.create(**about, **face, seq=1, captured_at=NOW, received_at=NOW)
        now("classroom", "Attendance").objects.create(**about, changed_at=NOW, latest_reading=reading)
        now("classroom", "StudentMinute").objects.create(**about, at=NOW, readings=1, certain=1, uncertain=0)
        now("classroom", "ClassWindow").objects.create(session=held, at=NOW, present=1, seen=1)
        for student in (ada, None):
            now("classroom", "Alert").objects.create(session=held, student=student, pending_at=NOW, fired_at=NOW)
        now("classroom", "CourseConsent").objects.create(
            student=ada, course=course, text=text, granted_at=NOW, is_anonymous=is_anonymous
        )

    before = migrate(empty_database, [("classroom", "0020_course_faces_only")]).get_model
    named = before("classroom", "ClassSession").objects.earliest("pk")
    for name in ("Reading", "StudentMinute", "ClassWindow"):
        assert [row.session for row in before("classroom", name).objects.all()] == [named], name
    alerts = before("classroom", "Alert").objects.order_by("pk")
    assert list(alerts.values_list("session", "student")) == [
        (named.pk, ada.pk),
        (named.pk, None),
        (named.pk + 1, None),
    ]
    assert before("classroom", "Attendance").objects.filter(latest_reading=None).count() == 1
    consents = before("classroom", "CourseConsent").objects.order_by("pk")
    assert [each.withdrawn_at is None for each in consents] == [True, False]
