"""CSV files have the same rows and figures as the pages."""

import csv
import io
import re
from datetime import datetime, timedelta

import pytest

from classroom.domain.history.summaries import student_summaries
from classroom.domain.sessions import end_session
from classroom.models import Alert, Attendance, Reading, SelfReport
from classroom.rounding import whole_minutes, whole_percent
from classroom.templatetags.formatting import answers
from classroom.views import csv_tables, table_files
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
END = NOW + timedelta(minutes=10)
NAMES = ["Ada", "=HYPERLINK(1)", "王芳 🦉", "@SUM(A1)", 'O"Neill, Ben', "‮evil"]


@pytest.fixture
def session():
    session = factories.session(factories.course(name="Größen / Ströme"))
    for number, name in enumerate(NAMES):
        student = factories.student_of(session.course, name)
        factories.attendance(session, student, left_at=NOW + timedelta(seconds=100 + 37 * number))
        for at in range(0, 90, 7 + number):
            expression = ["happy", "sad", ""][(at // (7 + number) + number) % 3]
            factories.reading(session, student, after_s=at + number / 10, expression=expression)
        SelfReport.objects.create(session=session, student=student, answer="lost", at=NOW)
    Alert.objects.create(
        session=session, kind="presence_low", pending_at=NOW, fired_at=NOW, figures={"present": 3, "peak": 6}
    )
    end_session(session=session, now=END)
    session.refresh_from_db()
    return session


def rows_of(response):
    content = b"".join(response.streaming_content) if response.streaming else response.content
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def download(client, user, path):
    client.force_login(user)
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    return response


def of_teacher(client, session, path):
    return rows_of(download(client, session.course.teachers.get(), path))


def number(cell):
    return None if cell == "" else float(cell)


def test_students_csv_has_the_rows_of_the_report(client, session):
    rows = of_teacher(client, session, f"/sessions/{session.pk}/students.csv")
    students = student_summaries(session=session, now=END)
    assert [int(row["student"]) for row in rows] == [student.id for student in students]
    for row, student in zip(rows, students, strict=True):
        assert row["name"].removeprefix("'") == student.name
        assert int(row["readings"]) == student.readings
        assert number(row["happy"]) == round(student.mix["happy"], 4)
        assert number(row["negative"]) == round(student.negative, 4)
        assert (row["lost"], row["all_good"]) == ("1", "0")


def test_students_csv_equals_the_figures_on_the_page(client, session):
    rows = of_teacher(client, session, f"/sessions/{session.pk}/students.csv")
    page = client.get(f"/sessions/{session.pk}/").content.decode()
    shown = re.findall(r'data-testid="student-row".*?</tr>', page, re.DOTALL)
    assert len(shown) == len(rows)
    for row, html in zip(rows, shown, strict=True):
        cells = {
            label: re.sub(r"<[^>]+>", " ", cell).strip()
            for label, cell in re.findall(r'data-label="(\w+)[^"]*"[^>]*>(.*?)</td>', html, re.DOTALL)
        }
        assert cells["Minutes"] == str(whole_minutes(float(row["minutes_present"])))
        assert cells["Readings"] == row["readings"]
        assert cells["Readable"] == f"{whole_percent(float(row['clear_face_share']))} %"
        assert cells["Feedback"] == answers({"lost": int(row["lost"])})
        assert f"Happy {whole_percent(float(row['happy']))} %" in cells["Mix"]


def test_attendance_csv_has_times_with_utc_offset(client, session, settings):
    settings.TIME_ZONE = "Asia/Kolkata"
    [ada] = [
        row for row in of_teacher(client, session, f"/sessions/{session.pk}/attendance.csv") if row["name"] == "Ada"
    ]
    assert ada["first_joined_at"] == "2026-11-02T15:30:00.000+05:30"
    assert datetime.fromisoformat(ada["last_left_at"]) == NOW + timedelta(seconds=100)
    assert (ada["minutes_present"], ada["rejoins"]) == ("1.7", "0")


@pytest.mark.services
def test_readings_csv_has_every_reading_in_order(client, session):
    rows = of_teacher(client, session, f"/sessions/{session.pk}/readings.csv")
    readings = list(Reading.objects.order_by("captured_at", "pk"))
    assert [datetime.fromisoformat(row["captured_at"]) for row in rows] == [each.captured_at for each in readings]
    assert [number(row["sad"]) for row in rows] == [
        None if each.sad is None else round(each.sad, 4) for each in readings
    ]


@pytest.mark.services
def test_readings_csv_in_chunks_has_no_gaps(session, monkeypatch):
    Reading.objects.filter(faces=0).update(captured_at=NOW)  # many at the same moment
    whole = "".join(csv_tables.reading_chunks(session))
    monkeypatch.setattr(csv_tables, "CHUNK_ROWS", 7)
    assert "".join(csv_tables.reading_chunks(session)) == whole
    assert len(whole.splitlines()) == 1 + Reading.objects.count()


def test_sessions_csv_has_the_rows_of_the_comparison(client, session):
    [row] = of_teacher(client, session, f"/courses/{session.course.pk}/sessions.csv")
    client.force_login(session.course.teachers.get())
    summary = client.get(f"/courses/{session.course.pk}/term/").context["rows"][0].summary
    assert (int(row["attended"]), int(row["readings"]), int(row["alerts"])) == (
        summary.attended,
        summary.readings,
        summary.alerts,
    )
    assert number(row["neutral"]) == round(summary.mix["neutral"], 4)
    assert number(row["unread"]) == round(summary.mix["unread"], 4)
    assert number(row["clear_face_share"]) == round(summary.seen_share, 4)
    assert (row["lost"], row["closed_itself"]) == ("6", "0")


def test_sessions_csv_is_limited_to_the_period(client, session):
    assert of_teacher(client, session, f"/courses/{session.course.pk}/sessions.csv?since=2026-11-03") == []


@pytest.mark.services
def test_student_can_download_only_their_own_csv(client, session):
    ada = session.attendances.get(student__name="Ada").student
    rows = rows_of(download(client, ada, f"/sessions/{session.pk}/mine/readings.csv"))
    assert {row["student"] for row in rows} == {str(ada.pk)}
    assert len(rows) == ada.readings.count()
    [row] = rows_of(download(client, ada, f"/courses/{session.course.pk}/mine/sessions.csv"))
    assert row["session"] == str(session.pk)
    for path in ("students.csv", "attendance.csv", "readings.csv"):
        assert client.get(f"/sessions/{session.pk}/{path}").status_code == 404
    other = session.attendances.exclude(student=ada).first().student
    assert client.get(f"/courses/{session.course.pk}/students/{other.pk}/sessions.csv").status_code == 404


def test_teacher_and_student_download_the_same_csv(client, session):
    ada = session.attendances.get(student__name="Ada").student
    own = download(client, ada, f"/courses/{session.course.pk}/mine/sessions.csv").content
    path = f"/courses/{session.course.pk}/students/{ada.pk}/sessions.csv"
    assert download(client, session.course.teachers.get(), path).content == own


def test_other_teachers_cannot_download(client, session):
    client.force_login(factories.teacher())
    for path in (f"/sessions/{session.pk}/students.csv", f"/courses/{session.course.pk}/sessions.csv"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_formula_at_the_start_is_escaped(start):
    assert table_files.escape_formula(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("parting", [";", "; ", "\n", "\t"])
def test_formula_after_a_separator_is_escaped(parting):
    assert table_files.escape_formula(f"Ada{parting}=1+1") == f"Ada{parting[0]}'{parting[1:]}=1+1"


def test_numbers_and_plain_text_are_not_escaped():
    cells = (-0.5, 3, None, "a=1", "", "Übung; Teil 2 - Ende")
    assert [table_files.escape_formula(cell) for cell in cells] == [*cells]


def test_no_csv_cell_starts_a_formula(client, session):
    for path in ("students.csv", "attendance.csv", "readings.csv"):
        for row in of_teacher(client, session, f"/sessions/{session.pk}/{path}"):
            assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("Statistics", "2026-11-02"), "Statistics 2026-11-02.csv"),
        (("../../etc", "a\\b:c*"), "etc a b c.csv"),
        (("王芳 🦉", "\u202eevil\n\x00"), "王芳 🦉 evil.csv"),
        (("...", ""), "export.csv"),
        (("x" * 300,), "x" * 100 + ".csv"),
    ],
)
def test_file_name_is_valid_on_every_system(parts, expected):
    assert table_files.file_name(*parts) == expected


def test_non_ascii_file_name_is_encoded_in_the_header(client, session):
    response = download(client, session.course.teachers.get(), f"/sessions/{session.pk}/students.csv")
    header = response.headers["Content-Disposition"]
    assert header.isascii()
    assert "\n" not in header
    assert "filename*=utf-8''Gr%C3%B6%C3%9Fen%20Str%C3%B6me%20Means%202026-11-02%20students.csv" in header


def test_csv_of_session_without_students_has_only_a_header(client):
    session = factories.session()
    end_session(session=session, now=END)
    assert of_teacher(client, session, f"/sessions/{session.pk}/students.csv") == []
    assert Attendance.objects.count() == 0
