import inspect
import sqlite3

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.models import SecurityEvent, User
from classroom.models import Course
from tests import factories
from tests.database import migrated_file
from tests.server import DATABASE, make_demo

pytestmark = pytest.mark.django_db(transaction=True)
on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="copies into Postgres")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return make_demo(tmp_path_factory.mktemp("sqlite"), migrated_file()) / DATABASE


@pytest.fixture
def file(demo, tmp_path, monkeypatch):
    """A copy of the demo's database."""
    # Django's tests refuse connections to databases that the settings do not name.
    allows_all = inspect.getclosurevars(BaseDatabaseWrapper.ensure_connection).nonlocals["real_ensure_connection"]
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", allows_all)
    copy = tmp_path / "attune.sqlite3"
    copy.write_bytes(demo.read_bytes())
    yield copy
    ContentType.objects.clear_cache()


def change(file, statement):
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA foreign_keys = off")
        database.execute(statement)
    database.close()


def rows_of(file):
    with sqlite3.connect(file) as database:
        return {table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables()}  # noqa: S608


def tables():
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


@on_postgres
def test_every_row_is_copied_as_it_is_and_nothing_else_is_stored(file, capsys):
    change(
        file,
        "INSERT INTO accounts_ltiaccount (issuer, subject, linked_at, began_account, organisation_id, user_id) "
        "SELECT 'https://learn.example', 'one', '2025-01-31 10:11:12', false, organisation_id, id FROM accounts_user "
        "LIMIT 1",
    )
    call_command("copy_from_sqlite", str(file))
    assert {table: model._base_manager.count() for table, model in tables().items()} == rows_of(file)
    assert SecurityEvent.objects.filter(event="account_created").count() == User.objects.count()
    copied = apps.get_model("accounts", "LtiAccount").objects.get()
    assert copied.linked_at.isoformat() == "2025-01-31T10:11:12+00:00"
    assert capsys.readouterr().out.endswith(f"{sum(rows_of(file).values()):,} rows copied.\n")


@on_postgres
def test_new_rows_get_numbers_that_no_copied_row_has(file):
    call_command("copy_from_sqlite", str(file))
    before = set(User.objects.values_list("pk", flat=True))
    assert factories.user().pk not in before
    assert Course.objects.earliest("pk").teachers.exists()


@on_postgres
def test_a_database_with_accounts_stays_as_it_is(file):
    user = factories.user()
    with pytest.raises(CommandError, match="already has accounts"):
        call_command("copy_from_sqlite", str(file))
    assert list(User.objects.all()) == [user]


@on_postgres
@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("DELETE FROM accounts_user WHERE role = 'teacher'", "refers to one that is missing"),
        ("UPDATE classroom_course SET name = 'a' || char(0)", "refuses rows of classroom_course"),
        ("DELETE FROM django_migrations WHERE name = '0011_audit_log'", "lacks the migration accounts.0011_audit_log"),
    ],
)
def test_a_file_that_cannot_be_copied_leaves_postgres_as_it_was(file, statement, message):
    before = {table: model._base_manager.count() for table, model in tables().items()}
    change(file, statement)
    with pytest.raises(CommandError, match=message):
        call_command("copy_from_sqlite", str(file))
    assert {table: model._base_manager.count() for table, model in tables().items()} == before


@on_postgres
def test_a_file_in_use_or_of_another_kind_or_missing_is_refused(file, tmp_path):
    other = tmp_path / "notes.txt"
    other.write_text("Not a database, but long enough to look like one. " * 9)
    with pytest.raises(CommandError, match="file is not a database"):
        call_command("copy_from_sqlite", str(other))
    with pytest.raises(CommandError, match="does not exist"):
        call_command("copy_from_sqlite", str(tmp_path / "none"))
    with sqlite3.connect(file) as database:
        database.execute("BEGIN IMMEDIATE")
        with pytest.raises(CommandError, match="locked"):
            call_command("copy_from_sqlite", str(file))


@pytest.mark.skipif(connection.vendor == "postgresql", reason="needs a server without Postgres")
def test_without_postgres_the_command_names_the_setting(tmp_path):
    with pytest.raises(CommandError, match="Set DATABASE_URL"):
        call_command("copy_from_sqlite", str(tmp_path / "any"))
