"""Properties of the product as a whole."""

import os
import re
import subprocess
import sys

import pytest
from django.core.management import call_command

from config import celery_app
from tests.server import ROOT

pytestmark = pytest.mark.slow

PRODUCTION = {
    "HTTPS": "1",
    "TRUSTED_PROXY_COUNT": "1",
    "SECRET_KEY": "x7" * 30 + "-a-long-and-random-enough-key",
    "SITE_URL": "https://attune.example",
    "SIMULATION_ALLOWED": "0",
    "EMAIL_URL": "smtp://mail.example:25",
    "DEFAULT_FROM_EMAIL": "attune@school.example",
    "ACCOUNT_EMAIL_VERIFICATION": "mandatory",
    "PRIVACY_CONTACT": "privacy@school.example",
    # Refuses at once.
    "DATABASE_URL": "postgres://u:p@127.0.0.1:1/attune",
    "DATABASE_POOL_SIZE": "0",
    "MFA_REQUIRED_FOR_ADMINISTRATORS": "1",
}

# The code of a message from Django's checks.
CODE = re.compile(r"\w+\.[EWI]\d{3}")


def python(code: str, **env: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, timeout=100
    )


def test_web_process_starts_without_tensorflow_and_opencv():
    code = "import config.asgi, sys; print(sorted({'tensorflow', 'keras', 'cv2'} & set(sys.modules)))"
    done = python(code)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


def test_missing_secret_key_error_says_how_to_get_one():
    done = python("import config.asgi", SECRET_KEY="", DJANGO_READ_DOT_ENV="0")
    assert done.returncode != 0
    assert "'make setup' writes one" in done.stderr


def test_allowed_hosts_without_the_site_s_host_stop_the_start():
    done = python("import config.asgi", ALLOWED_HOSTS="attune.example", SITE_URL="http://localhost:8000")
    assert done.returncode != 0
    assert "ALLOWED_HOSTS lacks the host of SITE_URL (http://localhost:8000). Set SITE_URL" in done.stderr


def test_hosts_and_origins_follow_from_the_site_s_url():
    code = """
from django.conf import settings
print(settings.SITE_URL, settings.SITE_HOSTS, settings.ALLOWED_HOSTS, settings.CSRF_TRUSTED_ORIGINS)
"""
    done = python(code, DJANGO_SETTINGS_MODULE="config.settings", SITE_URL="https://Attune.example:8443/")
    hosts = "['attune.example:8443'] ['attune.example']"
    origin = "https://attune.example:8443"
    assert done.stdout.strip() == f"{origin} {hosts} ['{origin}']", done.stderr


@pytest.mark.parametrize(
    ("services", "found"),
    # There is no Redis, so it is not asked whether it writes to disk.
    [({}, []), ({"REDIS_URL": "rediss://127.0.0.1:9"}, ["classroom.I001"])],
    ids=["one process", "distributed"],
)
def test_production_settings_pass_the_deployment_check(services, found):
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    env = {**os.environ, **PRODUCTION, **services}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert CODE.findall(done.stdout + done.stderr) == found


def test_deployment_check_reports_each_fault(tmp_path):
    warnings = {
        "ACCOUNT_EMAIL_VERIFICATION": ("none", "accounts.W002"),
        "DATABASE_URL": ("", "classroom.W002"),
        "EMAIL_URL": ("consolemail://", "accounts.W001"),
        "MFA_REQUIRED_FOR_ADMINISTRATORS": ("0", "accounts.W004"),
        "PRIVACY_CONTACT": ("", "accounts.W003"),
        "SIMULATION_ALLOWED": ("1", "classroom.W001"),
    }
    errors = {
        "SITE_URL": ("http://attune.example", "accounts.E002"),
        "TRUSTED_PROXY_COUNT": ("0", "accounts.E001"),
    }
    own = {"SQLITE_PATH": str(tmp_path / "empty.sqlite3")}  # not that of `make run`, which has the demo accounts
    env = {**os.environ, **PRODUCTION, **own}
    env |= {setting: value for setting, (value, _) in (warnings | errors).items()}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "ERROR"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode != 0
    found_errors, _, found_warnings = done.stderr.partition("\nWARNINGS:\n")
    for found, faults in ((found_errors, errors), (found_warnings, warnings)):
        assert sorted(CODE.findall(found)) == sorted(code for _, code in faults.values())


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_task_that_hangs_is_killed():
    celery_app.loader.import_default_modules()
    tasks = {name: task for name, task in celery_app.tasks.items() if name.startswith("classroom.")}
    assert {name: task.time_limit or celery_app.conf.task_time_limit for name, task in tasks.items()} == {
        "classroom.tasks.analyse_snapshots": 60,
        "classroom.tasks.delete_courses": 3600,
        "classroom.session_tasks.follow_session": 600,
        "classroom.tasks.check_import": 600,
        "classroom.tasks.run_import": 600,
        "classroom.tasks.send_password_mails": 600,
        "classroom.tasks.finish_password_mails": 600,
        "classroom.tasks.send_webhooks": 600,
        "classroom.beat_tasks.close_silent": 600,
        "classroom.beat_tasks.finish_sums": 600,
        "classroom.beat_tasks.delete_old": 3600,
    }
