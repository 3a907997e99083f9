"""What a person at a terminal gets from manage.py instead of a traceback."""

import os
import subprocess
import sys

import pytest

from tests.server import ROOT

pytestmark = pytest.mark.slow
UNREACHABLE = {"DATABASE_URL": "postgres://u:p@127.0.0.1:1/attune", "DATABASE_POOL_SIZE": "0"}


@pytest.fixture
def manage(tmp_path):
    """Runs manage.py with an empty database of its own."""

    def run(*arguments: str, **env: str) -> subprocess.CompletedProcess:
        own = {"DATABASE_URL": "", "REDIS_URL": "", "SQLITE_PATH": str(tmp_path / "empty.sqlite3")}
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env={**os.environ, **own, **env}, capture_output=True, text=True, timeout=100
        )

    return run


@pytest.mark.parametrize("command", ["migrate", "purge_expired", "unknown"])
def test_wrong_setting_is_one_line(manage, command):
    done = manage(command, RETENTION_DAYS="-1")
    expected = "RETENTION_DAYS is '-1'. Set it to a whole number from 0 to 36500, or unset it.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", expected)


def test_database_without_tables_asks_for_the_migrations(manage):
    done = manage("purge_expired")
    expected = "The database lacks the tables of this version. Run manage.py migrate first.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", expected)


def test_unreachable_database_is_one_line(manage):
    done = manage("purge_expired", **UNREACHABLE)
    [line] = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert line.startswith("The database is not available: connection failed:")


@pytest.mark.parametrize(
    ("code", "status", "text"),
    [
        ("raise KeyboardInterrupt", 130, "Interrupted."),
        ("from redis.exceptions import ConnectionError as E; raise E('refused')", 1, "Redis is not available: refused"),
        ("from kombu.exceptions import OperationalError as E; raise E('full')", 1, "Redis is not available: full"),
    ],
)
def test_interrupt_and_missing_redis_are_one_line(manage, code, status, text):
    done = manage("shell", "--verbosity", "0", "--command", code)
    assert (done.returncode, done.stdout, done.stderr) == (status, "", f"{text}\n")


@pytest.mark.parametrize(("option", "code"), [("--traceback", "raise KeyboardInterrupt"), ("--no-color", "1 / 0")])
def test_faults_of_the_product_and_tracebacks_that_are_asked_for_are_shown(manage, option, code):
    done = manage("shell", option, "--verbosity", "0", "--command", code)
    assert done.returncode != 0
    assert "Traceback (most recent call last)" in done.stderr


@pytest.mark.parametrize(
    ("unbuffered", "expected"),
    [
        ("1", "The command has stopped early, because nobody reads its output any longer.\n"),
        ("", ""),  # it was done when it noticed
    ],
)
def test_output_that_nobody_reads_is_no_traceback(tmp_path, unbuffered, expected):
    reading, writing = os.pipe()
    os.close(reading)
    env = {**os.environ, "SQLITE_PATH": str(tmp_path / "empty.sqlite3"), "PYTHONUNBUFFERED": unbuffered}
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", "print('a line')"]
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=100)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, expected)


def test_sign_that_the_terminal_cannot_show_ends_no_command(manage):
    done = manage("shell", "--verbosity", "0", "--command", "print('Zoé')", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Zo\\xe9\n", "")


def test_closed_output_ends_no_command(tmp_path):
    env = {**os.environ, "SQLITE_PATH": str(tmp_path / "empty.sqlite3")}
    command = f"{sys.executable} manage.py migrate --plan >&-"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True, timeout=100)
    assert (done.returncode, done.stderr) == (0, "")
