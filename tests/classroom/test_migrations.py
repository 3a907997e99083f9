"""Migrations that move data, on a database of their own: what an earlier version stored, and what becomes of it."""

from collections.abc import Iterator

import pytest
from django.db import connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps

BEFORE = [("accounts", "0010_language"), ("classroom", "0011_students_counted")]
AFTER = [("classroom", "0012_course_mode")]


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
    return MigrationExecutor(database).migrate(targets).apps


def test_existing_courses_keep_their_mode(empty_database):
    courses = migrate(empty_database, BEFORE).get_model("classroom", "Course").objects
    courses.create(name="Latin", join_code="LATIN234")
    courses.create(name="Greek", join_code="GREEK234", reads_faces=False)
    courses = migrate(empty_database, AFTER).get_model("classroom", "Course").objects
    modes = courses.order_by("name").values_list("name", "mode", "camera_confirmed_by", "camera_confirmed_at")
    assert list(modes) == [("Greek", "answers", None, None), ("Latin", "camera", None, None)]
