"""Files with secrets or personal data are created only for their owner, whatever the umask."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import ROOT

pytestmark = pytest.mark.slow


def mode(file: Path) -> str:
    return oct(file.stat().st_mode & 0o777)


def test_make_creates_env_for_its_owner_alone(tmp_path):
    command = ["make", "-f", ROOT / "Makefile", "-C", tmp_path, f"BIN={Path(sys.executable).parent}", ".env"]
    subprocess.run(command, check=True, capture_output=True, umask=0o022)
    assert (tmp_path / ".env").read_text().startswith("SECRET_KEY=")
    assert mode(tmp_path / ".env") == "0o600"


def test_sqlite_database_and_its_log_are_created_for_their_owner_alone(tmp_path):
    code = """
import os, stat
from pathlib import Path
import django
django.setup()
from django.db import connection
connection.cursor().execute("create table t (x)")
for file in sorted(Path(os.environ["SQLITE_PATH"]).parent.iterdir()):
    print(file.name, oct(stat.S_IMODE(file.stat().st_mode)))
"""
    env = {"DJANGO_SETTINGS_MODULE": "config.settings", "SQLITE_PATH": str(tmp_path / "db.sqlite3"), "SECRET_KEY": "x"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, umask=0o022)
    assert done.stdout.splitlines() == ["db.sqlite3 0o600", "db.sqlite3-shm 0o600", "db.sqlite3-wal 0o600"], done.stderr


def test_database_that_exists_is_left_as_it_is(tmp_path):
    database = tmp_path / "db.sqlite3"
    database.touch(mode=0o640)
    database.chmod(0o640)
    env = {"SQLITE_PATH": str(database), "SECRET_KEY": "x"}
    subprocess.run([sys.executable, "-c", "import config.settings"], cwd=ROOT, env=env, check=True)
    assert mode(database) == "0o640"
