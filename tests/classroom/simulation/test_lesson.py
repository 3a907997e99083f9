"""The lesson of `make demo`: what it shows, and that it leaves nothing behind if it or its server is interrupted."""

import asyncio
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing

import pytest

from classroom.simulation.browser import Browser
from classroom.simulation.lesson import DEMO_LESSON
from emotions.synthetic.drawn_people import POSES
from emotions.synthetic.webcam import ABSENT
from tests.server import ROOT, Server, running_server, start_daphne

LIMIT_S = 240
# Everything that a lesson adds rows to, in the demo course and outside any course.
TABLES = "accounts_user classroom_courseconsent classroom_classsession classroom_enrolment classroom_attendance".split()
TABLES += "classroom_reading classroom_alert classroom_selfreport classroom_marker classroom_simulatedclass".split()
TABLES += ["django_session"]


def test_every_act_has_a_drawn_expression_for_every_student():
    assert DEMO_LESSON.acts[0][0] == 0
    for _, expressions in DEMO_LESSON.acts:
        assert len(expressions) == DEMO_LESSON.students
        assert set(expressions) <= {*POSES, ABSENT}


def test_steps_come_in_order_and_before_the_end():
    times = [step.at_s for step in DEMO_LESSON.steps]
    assert times == sorted(times)
    assert times[-1] < DEMO_LESSON.seconds


def test_most_of_the_class_looks_lost_once():
    lost = [Counter(expressions)["sad"] > DEMO_LESSON.students / 2 for _, expressions in DEMO_LESSON.acts]
    assert lost.count(True) == 1


def test_absent_student_does_nothing():
    assert {step.student for step in DEMO_LESSON.steps} & DEMO_LESSON.absent == set()


@pytest.fixture(scope="module")
def lesson_server(tmp_path_factory, demo):
    """The demo with the snapshots of a new installation, which the last test kills."""
    folder = tmp_path_factory.mktemp("lesson")
    settings = {"SIMULATION_ALLOWED": "1", "SIMULATION_TOKEN_FILE": str(folder / "token")}
    yield from running_server(folder, demo, SNAPSHOT_INTERVAL_MS="1500", **settings)


def start_lesson(server: Server) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "manage.py", "simulate_class", "--lesson"],
        cwd=ROOT,
        env=server.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell without job control starts its background jobs with SIGINT ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def rows(server: Server) -> dict[str, int]:
    return {table: server.count(f"select count(*) from {table}") for table in TABLES}  # noqa: S608


def wait_until(server: Server, query: str) -> None:
    end = time.monotonic() + LIMIT_S
    while not server.count(query):
        assert time.monotonic() < end, query
        time.sleep(0.2)


@pytest.mark.live
@pytest.mark.slow
def test_lesson_shows_the_product_and_leaves_nothing_when_interrupted(lesson_server):
    before = rows(lesson_server)
    with start_lesson(lesson_server) as lesson:
        wait_until(lesson_server, "select count(*) from classroom_alert where kind = 'class_negative'")
        wait_until(lesson_server, "select count(*) from classroom_raisedhand")
        wait_until(lesson_server, "select count(*) from classroom_selfreport where answer = 'lost'")
        in_class = lesson_server.count("select count(*) from classroom_attendance")
        enrolled = lesson_server.count("select count(*) from classroom_enrolment")
        lesson.send_signal(signal.SIGINT)
        stdout, told = lesson.communicate(timeout=LIMIT_S)
    assert (lesson.returncode, stdout) == (130, "")
    # One of the twelve is absent, and so are the demo course's three others.
    assert (in_class, enrolled) == (11, 15)
    assert f"1. Open {lesson_server.url}/ in a browser." in told
    first = r"0:00  10 students are in class.\n {8}[\w ]+ does not come.\n  0:20  [\w ]+ joins after the others.\n"
    assert re.search(first, told)
    assert re.search(r"0:55  [\w ]+ says “I am lost” and raises a hand.\n", told)
    assert told.endswith("A signal stopped the simulation; everything it created was removed.\n")
    assert "Traceback" not in told
    assert rows(lesson_server) == before


@pytest.mark.live
async def test_class_that_its_teacher_ends_is_over_and_stays(lesson_server):
    with start_lesson(lesson_server) as lesson:
        await asyncio.to_thread(wait_until, lesson_server, "select count(*) from classroom_reading")
        teacher = Browser(lesson_server.url)
        await teacher.sign_in("teacher@demo.example", lesson_server.password)
        session = lesson_server.count("select max(id) from classroom_classsession")
        await teacher.post(f"/sessions/{session}/end/", {})
        await teacher.close()
        _, told = await asyncio.to_thread(lesson.communicate, timeout=LIMIT_S)
    assert lesson.returncode == 0, told
    assert told.endswith("The class is over. Its report is on the same page.\n")
    left = rows(lesson_server)
    assert left["classroom_attendance"] > 0
    assert left["classroom_simulatedclass"] == 0
    assert lesson_server.count("select count(*) from accounts_user where password not like '!%'") == 5


@pytest.mark.live
def test_class_is_removed_after_its_program_and_the_server_were_killed(lesson_server):
    before = rows(lesson_server)
    with start_lesson(lesson_server) as lesson:
        has_new_readings = f"select count(*) > {before['classroom_reading']} from classroom_reading"  # noqa: S608
        wait_until(lesson_server, has_new_readings)
        os.kill(lesson_server.pid, signal.SIGKILL)
        _, told = lesson.communicate(timeout=LIMIT_S)
    assert lesson.returncode == 1
    assert f"{lesson_server.url} does not answer any longer; its next start removes the class within minutes." in told
    assert lesson_server.count("select count(*) from classroom_simulatedclass") == 1
    # Pretend that two minutes have passed.
    with closing(sqlite3.connect(lesson_server.env["SQLITE_PATH"])) as database, database:
        database.execute("update classroom_simulatedclass set heard_at = '2026-01-01 00:00:00'")
    restarted = start_daphne(lesson_server.url, lesson_server.env, lesson_server.log)
    try:
        wait_until(lesson_server, "select count(*) = 0 from classroom_simulatedclass")
    finally:
        restarted.terminate()
        restarted.wait(20)
    assert rows(lesson_server) == before
