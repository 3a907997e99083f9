"""A simulated class against the real server: HTTP, WebSockets, recognition, database."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing

import pytest
from django.core.management import CommandError
from django.test import Client

from classroom.infra import simulation_token
from tests.server import ROOT

SIMULATED_USERS = "select count(*) from accounts_user where email like '%simulation.invalid'"


def wait_until(is_true: Callable[[], bool], limit_s: float = 120) -> None:
    end = time.monotonic() + limit_s
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_simulated_class_is_analysed(server):
    figures = server.simulate("--students", "4", "--seconds", "5")
    assert set(figures) == {"sent", "analysed", "dropped", "faces_found", "reconnects", "errors", "latency_ms"}
    assert figures["errors"] == 0
    assert figures["sent"] >= 4 * 4
    assert figures["analysed"] >= 0.95 * figures["sent"]
    assert figures["faces_found"] >= 0.95 * figures["analysed"]
    assert figures["latency_ms"]["p50"] <= figures["latency_ms"]["p95"] <= figures["latency_ms"]["p99"]


def test_simulation_cleans_up_after_itself(server):
    before = [server.count(SIMULATED_USERS), server.count("select count(*) from classroom_course")]
    server.simulate("--students", "2", "--seconds", "1")
    assert [server.count(SIMULATED_USERS), server.count("select count(*) from classroom_course")] == before


# SIGINT interrupts the lesson in test_lesson.py.
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_simulation_ended_by_a_signal_cleans_up_after_itself(server, number):
    before = [server.count(SIMULATED_USERS), server.count("select count(*) from classroom_course")]
    command = [
        sys.executable,
        "manage.py",
        "simulate_class",
        "--url",
        server.url,
        "--students",
        "3",
        "--seconds",
        "600",
    ]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=server.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell without job control starts its background jobs with SIGINT ignored, nohup with SIGHUP; children
        # inherit that.
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )
    with process:
        wait_until(lambda: server.count(SIMULATED_USERS) > before[0])
        process.send_signal(number)
        _, stderr = process.communicate(timeout=120)
    assert [server.count(SIMULATED_USERS), server.count("select count(*) from classroom_course")] == before
    assert process.returncode == 128 + number
    assert stderr.endswith(b"A signal stopped the simulation; everything it created was removed.\n")
    assert b"Traceback" not in stderr


def test_kept_class_leaves_its_readings(server):
    before = server.count("select count(*) from classroom_reading")
    figures = server.simulate("--students", "2", "--seconds", "2", "--join-code", "STAT2345", "--keep")
    assert server.count("select count(*) from classroom_reading") - before == figures["analysed"] > 0


def test_kept_students_return_to_the_same_course(server):
    options = ("--students", "2", "--seconds", "1", "--join-code", "STAT2345", "--keep")
    server.simulate(*options)
    students = server.count(SIMULATED_USERS)
    server.simulate(*options)
    assert server.count(SIMULATED_USERS) == students >= 2


@pytest.mark.parametrize("options", [(), ("--on-device",)], ids=["whole frames", "faces alone"])
def test_class_shows_pictures_from_a_folder(server, tmp_path, portrait, options):
    (tmp_path / "face.jpg").write_bytes(portrait)
    figures = server.simulate("--students", "1", "--seconds", "1", "--faces", str(tmp_path), *options)
    assert figures["errors"] == 0
    assert figures["faces_found"] == figures["analysed"] > 0


def test_no_image_is_in_the_database_or_the_log(server):
    server.simulate("--students", "2", "--seconds", "2", "--join-code", "STAT2345", "--keep")
    with closing(sqlite3.connect(server.env["SQLITE_PATH"])) as database:
        database.execute("SELECT * FROM sqlite_master").fetchall()  # its log exists as long as somebody has it open
        for file in (server.log, *server.log.parent.glob("db.sqlite3*")):
            assert b"\xff\xd8\xff" not in file.read_bytes(), file


def test_unknown_join_code_is_reported(server):
    with pytest.raises(CommandError, match="No course has this code"):
        server.simulate("--join-code", "NOSUCH22")


def test_server_without_simulation_refuses(server_without_simulation):
    with pytest.raises(CommandError, match="does not allow simulated classes"):
        server_without_simulation.simulate("--students", "1")
    assert server_without_simulation.count(SIMULATED_USERS) == 0


def test_unreachable_server_is_reported(server):
    with pytest.raises(CommandError, match=r"no answer from http://127\.0\.0\.1:9") as refusal:
        server.simulation_output("--url", "http://127.0.0.1:9", "--students", "1")
    assert "Name the running server with --url, or the port of `make run` in PORT." in str(refusal.value)
    assert refusal.value.returncode == 1


@pytest.mark.parametrize("variable", ["PORT", "WEB_PORT"])
def test_server_is_looked_for_on_the_port_of_make_run(server, monkeypatch, variable):
    for other in ("SITE_URL", "PORT", "WEB_PORT"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(variable, "9")
    with pytest.raises(CommandError, match="no answer from http://localhost:9:"):
        server.simulation_output("--students", "1")


def test_server_is_looked_for_at_the_address_of_its_site(server, monkeypatch):
    monkeypatch.setenv("SITE_URL", server.url)
    monkeypatch.setenv("PORT", "9")
    assert json.loads(server.simulation_output("--students", "1", "--seconds", "1", "--json"))["analysed"] > 0


def test_missing_faces_are_reported(server):
    with pytest.raises(CommandError, match=r"no-such-file\.jpg does not exist"):
        server.simulate("--faces", "no-such-file.jpg")


@pytest.fixture
def caller(settings, tmp_path):
    """A program on the server's machine that holds the token."""
    settings.SIMULATION_ALLOWED = True
    settings.SIMULATION_TOKEN_FILE = tmp_path / "token"
    simulation_token.write_token()
    return Client(headers={"X-Simulation-Token": settings.SIMULATION_TOKEN_FILE.read_text()})


@pytest.mark.django_db
def test_forged_ticket_deletes_nothing(caller):
    response = caller.delete("/api/simulation/", json.dumps({"ticket": "forged"}), content_type="application/json")
    assert (response.status_code, response.json()) == (400, {"ticket": "This server did not issue this ticket."})


@pytest.mark.django_db
@pytest.mark.parametrize("students", [0, -1, 1001, "many", None])
def test_class_of_impossible_size_is_refused(caller, students):
    response = caller.post("/api/simulation/", json.dumps({"students": students}), content_type="application/json")
    assert response.status_code == 400
    assert "students" in response.json()


@pytest.mark.django_db
def test_form_of_another_site_starts_no_simulation(caller):
    response = caller.post("/api/simulation/", {"students": 3}, headers={"Origin": "https://evil.example"})
    assert response.status_code == 415
