"""scripts/services, only with Redis because that starts fast."""

import os
import shutil
import signal
import socket
import subprocess
import sys

import pytest

from tests.server import ROOT


@pytest.fixture
def services(tmp_path):
    """Runs scripts/services with its own folder. At its end, the test stops what is still running."""
    if not shutil.which("redis-server"):
        if os.environ.get("CI"):
            pytest.fail("NO REDIS: make services installs it, as root.")
        pytest.skip("NO REDIS: make services installs it, as root.")

    def run(*arguments: str, **env: str) -> subprocess.CompletedProcess:
        given = {"DATABASE_URL": "postgres://elsewhere.example/attune", "REDIS_URL": "", "CI": ""}
        command = [sys.executable, "scripts/services", "--folder", str(tmp_path), *arguments]
        return subprocess.run(
            command, cwd=ROOT, env={**os.environ, **given, **env}, capture_output=True, text=True, timeout=60
        )

    yield run
    run("stop")


def answers(url: str) -> bool:
    port = int(url.rpartition(":")[2].partition("/")[0])
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_running_server_is_left_alone(services, tmp_path):
    first, second = services("start"), services("start")
    assert first.stdout == second.stdout == (tmp_path / "env").read_text()
    assert first.stdout.startswith("REDIS_URL=redis://:")
    assert answers(first.stdout)


def test_server_named_in_the_environment_is_used_instead(services, tmp_path):
    done = services("start", REDIS_URL="redis://elsewhere.example")
    assert (done.returncode, done.stdout, (tmp_path / "env").read_text()) == (0, "", "")
    assert "no redis is started" in done.stderr


def test_stopped_server_restarts_at_its_address(services):
    before = services("start").stdout
    assert services("stop", "redis").returncode == 0
    assert not answers(before)
    assert services("start").stdout == before
    assert answers(before)


def test_run_needs_a_command(services, tmp_path):
    refused = services("run")
    assert (refused.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "run needs the command to run" in refused.stderr


@pytest.mark.parametrize("arguments", [("stop", "postgress"), ("start", "redis"), ("install", "redis")])
def test_word_that_an_action_does_not_take_is_refused(services, tmp_path, arguments):
    refused = services(*arguments)
    assert (refused.returncode, list(tmp_path.iterdir())) == (2, [])
    assert f"{arguments[0]} does not take {arguments[1]}" in refused.stderr


def test_run_of_an_unknown_command_stops_what_it_has_started(services, tmp_path):
    done = services("run", "no-such-command")
    assert (done.returncode, done.stdout) == (1, "")
    assert "SERVICES: no-such-command: No such file or directory" in done.stderr
    assert "Traceback" not in done.stderr
    assert not answers((tmp_path / "env").read_text())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_run_that_a_signal_ends_stops_what_it_has_started(services, tmp_path, number):
    services("install")
    command = [
        sys.executable,
        "scripts/services",
        "--folder",
        str(tmp_path),
        "run",
        "sh",
        "-c",
        "echo up; exec sleep 60",
    ]
    env = {**os.environ, "DATABASE_URL": "postgres://elsewhere.example/attune", "REDIS_URL": ""}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that runs the tests in the background ignores the signal, and its processes inherit that.
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    ) as process:
        assert process.stdout.readline() == "up\n"
        process.send_signal(number)
        assert process.wait(timeout=30) == 128 + number
        assert "Traceback" not in process.stderr.read()
    assert not answers((tmp_path / "env").read_text())


def test_only_the_owner_can_read_the_address(services, tmp_path):
    services("start")
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("env", "redis.json")} == {0o600}


def test_run_passes_the_addresses_and_returns_the_exit_code(services):
    done = services("run", "sh", "-c", "echo $REDIS_URL; exit 5")
    assert done.returncode == 5
    assert done.stdout.startswith("redis://:")
    assert not answers(done.stdout.strip())


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 3)])
def test_run_without_services_skips_the_command_but_fails_in_ci(services, ci, code):
    # With this PATH neither a server nor apt-get is found.
    done = services("run", "sh", "-c", "echo ran", PATH="/nowhere", CI=ci)
    assert (done.returncode, done.stdout) == (code, "")
    assert "set REDIS_URL to running servers" in done.stderr


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 3)])
def test_install_reports_what_it_cannot_install_and_fails_in_ci(services, ci, code):
    done = services("install", PATH="/nowhere", CI=ci)
    assert (done.returncode, done.stdout) == (code, "")
    assert "redis-server missing here" in done.stderr


def test_install_starts_nothing(services, tmp_path):
    assert services("install").returncode == 0
    assert not (tmp_path / "env").exists()
