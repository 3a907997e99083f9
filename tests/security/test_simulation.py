"""Simulated people live in simulated courses, and only programs that can read the server's token create them."""

import subprocess
import sys

import pytest
from django.test import Client

from accounts.models import User
from classroom.domain.courses.joining import JoinOutcome, MayNotEnrol, join_by_code
from classroom.domain.demo import DEMO_JOIN_CODE, ensure_demo
from classroom.infra import simulation_token
from classroom.models import Course
from tests import factories
from tests.factories import NOW
from tests.server import ROOT

URL = "/api/simulation/"


@pytest.fixture
def token(db, settings, tmp_path) -> str:
    settings.SIMULATION_ALLOWED = True
    settings.SIMULATION_TOKEN_FILE = tmp_path / "var" / "token"
    simulation_token.write_token()
    return settings.SIMULATION_TOKEN_FILE.read_text()


def create(token: str = "", join_code: str = "", **client):
    headers = {"X-Simulation-Token": token, **client.pop("headers", {})}
    order = {"students": 2, "join_code": join_code}
    return Client(headers=headers, **client).post(URL, order, content_type="application/json")


def test_caller_with_the_token_creates_a_simulated_course(token):
    response = create(token)
    assert response.status_code == 201
    assert Course.objects.get(join_code=response.json()["join_code"]).simulated is True


@pytest.mark.parametrize("wrong", ["", "guessed", "a" * 43])
def test_caller_without_the_token_is_refused(token, wrong):
    assert create(wrong).status_code == 403
    assert Client().delete(URL, {"ticket": "any"}, content_type="application/json").status_code == 403
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    "client",
    [{"REMOTE_ADDR": "192.0.2.7"}, {"headers": {"X-Forwarded-For": "127.0.0.1"}}],
    ids=["another machine", "a proxy"],
)
def test_caller_on_another_machine_is_refused(token, client):
    assert create(token, **client).status_code == 403


def test_missing_token_file_refuses_everyone(token, settings):
    settings.SIMULATION_TOKEN_FILE.unlink()
    assert create(token).status_code == 403
    assert create("").status_code == 403


def test_nobody_becomes_a_teacher_of_a_real_course(token):
    course = factories.course(factories.teacher())
    before = User.objects.count()
    response = create(token, join_code=course.join_code)
    assert (response.status_code, response.json()) == (400, {"join_code": "This course is one of real people."})
    assert (course.teachers.count(), course.sessions.count(), User.objects.count()) == (1, 0, before)


def test_simulated_student_enrols_in_simulated_courses_alone(token):
    create(token)
    student = User.objects.filter(email__endswith="@simulation.invalid", role="student").first()
    with pytest.raises(MayNotEnrol):
        join_by_code(student=student, join_code=factories.course().join_code, now=NOW)
    simulated = factories.course(simulated=True)
    joined = join_by_code(student=student, join_code=simulated.join_code, now=NOW)
    assert joined == (simulated, JoinOutcome.ENROLLED)


def test_demo_course_takes_simulated_classes_even_if_an_earlier_version_made_it(token):
    course = Course.objects.create(name="Statistics for all", join_code=DEMO_JOIN_CODE)
    assert create(token, join_code=DEMO_JOIN_CODE).status_code == 400
    ensure_demo(password=factories.PASSWORD)
    course.refresh_from_db()
    assert (course.simulated, course.name) == (True, "Statistics for all")
    assert create(token, join_code=DEMO_JOIN_CODE).status_code == 201


@pytest.mark.slow
def test_server_s_start_writes_the_token_for_its_owner_alone(tmp_path):
    file = tmp_path / "token"
    env = {"SECRET_KEY": "x", "SIMULATION_ALLOWED": "1", "SIMULATION_TOKEN_FILE": str(file)}
    env |= {"SQLITE_PATH": str(tmp_path / "db.sqlite3")}
    start = [sys.executable, "-c", "import config.asgi"]
    subprocess.run(start, cwd=ROOT, env=env, check=True, umask=0o022)
    token = file.read_text()
    assert len(token) == 43
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    subprocess.run(start, cwd=ROOT, env=env, check=True)
    assert file.read_text() == token
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith("tmp")] == []


def test_token_that_others_could_read_is_replaced(token, settings):
    settings.SIMULATION_TOKEN_FILE.chmod(0o644)
    simulation_token.write_token()
    assert settings.SIMULATION_TOKEN_FILE.read_text() != token
    assert oct(settings.SIMULATION_TOKEN_FILE.stat().st_mode & 0o777) == "0o600"
