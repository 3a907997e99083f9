import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import SecurityEvent, User
from classroom.domain.sessions import end_session
from classroom.models import ClassSession, Course
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ended():
    """A session that ended long ago."""
    session = factories.session()
    end_session(session=session, now=NOW + MINUTE)
    return session


def test_delete_old_sessions_deletes_those_older_than_the_given_days(ended, capsys):
    new = factories.session(ended.course, started_at=NOW + timedelta(days=9))
    end_session(session=new, now=NOW + timedelta(days=9, minutes=1))
    new.refresh_from_db()
    days = (timezone.now() - new.ended_at).days
    call_command("delete_old_sessions", "--older-than-days", str(days + 2))
    assert capsys.readouterr().out == "1 sessions deleted.\n"
    assert list(ClassSession.objects.all()) == [new]


def test_audit_log_of_each_school_says_how_many_classes_the_command_deleted(ended, django_capture_on_commit_callbacks):
    elsewhere = factories.course(organisation=factories.organisation())
    for _ in range(2):
        end_session(session=factories.session(elsewhere), now=NOW + MINUTE)
    with django_capture_on_commit_callbacks(execute=True):
        call_command("delete_old_sessions", "--older-than-days", "1")
    deleted = SecurityEvent.objects.filter(event="expired_deleted").values_list("organisation", "details__sessions")
    assert set(deleted) == {(ended.course.organisation_id, 1), (elsewhere.organisation_id, 2)}


def test_delete_old_sessions_fails_without_a_number_of_days(ended):
    with pytest.raises(CommandError):
        call_command("delete_old_sessions")
    assert ClassSession.objects.count() == 1


@pytest.mark.parametrize("days", ["0", "-1", "1000000", "99999999999"])
def test_delete_old_sessions_refuses_a_number_of_days_beyond_the_calendar(ended, days):
    with pytest.raises(CommandError, match="from 1 to 36500"):
        call_command("delete_old_sessions", f"--older-than-days={days}")
    assert ClassSession.objects.count() == 1


@pytest.mark.parametrize("unknown", [999_999, 10**20])
def test_roll_up_sessions_names_a_session_that_is_not_there(ended, unknown):
    with pytest.raises(CommandError, match=f"There is no session {unknown}"):
        call_command("roll_up_sessions", str(ended.pk), str(unknown))


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ("--students=0", "'0' is not a whole number above 0"),
        ("--students=-3", "'-3' is not a whole number above 0"),
        ("--seconds=nan", "'nan' is not a number above 0"),
        ("--seconds=-1", "'-1' is not a number above 0"),
        ("--url=localhost:8000", "--url localhost:8000: begin it with http:// or https://"),
        ("--lesson --students=40 --join-code=ABCDEF", "leave out --students, --join-code"),
        ("--lesson --shows=happy", "leave out --shows"),
        ("--shows=happy --faces=faces.zip", "leave out --faces"),
    ],
)
def test_simulate_class_refuses_options_that_cannot_be(options, refusal):
    with pytest.raises(CommandError, match=refusal):
        call_command("simulate_class", *options.split())


def test_simulate_class_ends_with_one_line_when_it_is_interrupted_before_the_class(monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("classroom.management.commands.simulate_class._plan", interrupt)
    with pytest.raises(CommandError, match="A signal stopped the simulation") as raised:
        call_command("simulate_class")
    assert raised.value.returncode == 130


def simulation_fails(url: str) -> str:
    """Return why the command fails."""
    with pytest.raises(CommandError) as raised:
        call_command("simulate_class", "--url", url, "--shows", "happy")
    return str(raised.value)


def test_simulate_class_reports_a_token_that_it_may_not_read(settings, tmp_path):
    settings.SIMULATION_TOKEN_FILE = tmp_path
    reason = f"the server's token in {tmp_path} cannot be read: Is a directory"
    assert simulation_fails("http://127.0.0.1:1") == f"The simulation could not run: {reason}."


def test_simulate_class_reports_a_server_of_another_kind():
    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(201)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.handle_request).start()
        assert simulation_fails(f"http://127.0.0.1:{server.server_port}").startswith(
            "The simulation could not run: 201"
        )


def test_close_silent_sessions_closes_idle_sessions(capsys):
    session = factories.session()
    call_command("close_silent_sessions")
    session.refresh_from_db()
    assert (session.ended_at, capsys.readouterr().out) == (NOW, "1 sessions closed.\n")


def test_roll_up_sessions_skips_rolled_up_sessions_with_missing(ended, capsys):
    ClassSession.objects.create(course=ended.course, topic="Medians", started_at=NOW, ended_at=NOW)
    call_command("roll_up_sessions", "--missing")
    assert capsys.readouterr().out == "1 sessions rolled up.\n"
    call_command("roll_up_sessions", str(ended.pk))
    assert capsys.readouterr().out == "1 sessions rolled up.\n"


def test_create_demo_names_the_command_for_its_port(tmp_path, capsys):
    file = tmp_path / "password"
    call_command("create_demo", "--password-file", str(file), "--url", "http://localhost:9000")
    assert "in a second terminal: PORT=9000 make demo\n" in capsys.readouterr().out


def test_roll_up_sessions_keeps_the_roll_ups_of_deleted_readings(ended, capsys):
    ended.windows.create(at=NOW, present=2, seen=2, **factories.shares("happy"))
    call_command("roll_up_sessions")
    assert capsys.readouterr().out == (
        "0 sessions rolled up.\n1 sessions keep their roll-ups: their readings are deleted.\n"
    )
    assert (ended.windows.get().happy, ended.windows.get().counts) == (0.7, None)


def test_create_demo_run_twice_changes_nothing(tmp_path, capsys):
    file = tmp_path / "var" / "password"
    outputs = []
    for _ in range(2):
        call_command("create_demo", "--password-file", str(file))
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]
    assert file.read_text().strip() in outputs[0]
    assert "in a second terminal: make demo\n" in outputs[0]
    assert Course.objects.get().enrolments.count() == 3


def test_create_demo_replaces_the_password_that_an_interrupted_start_has_not_written(tmp_path, capsys):
    file = tmp_path / "password"
    file.touch()
    call_command("create_demo", "--password-file", str(file))
    password = file.read_text().strip()
    assert len(password) == 12
    assert f"password of every demo account: {password}\n" in capsys.readouterr().out
    assert User.objects.get(email="teacher@demo.example").check_password(password)


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        (["--password-file", "/dev/null/password"], "--password-file /dev/null/password: File exists"),
        (["--password-file", "/"], "--password-file /: Is a directory"),
        (
            ["--password-file", "/nowhere", "--url", "http://localhost:abc"],
            "--url http://localhost:abc: Port could not",
        ),
    ],
)
def test_create_demo_refuses_what_it_cannot_use(options, refusal):
    with pytest.raises(CommandError, match=refusal):
        call_command("create_demo", *options)
    assert not User.objects.exists()
