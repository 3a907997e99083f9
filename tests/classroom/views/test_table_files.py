"""The formats of downloads, read back the way spreadsheets do."""

import csv
import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from classroom.domain.sessions import end_session
from classroom.views import table_files
from classroom.views.table_files import TableFormat
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
END = NOW + timedelta(minutes=30)
FORMULAS = ["=HYPERLINK(1)", "@SUM(A1)", "https://example.org", "+1", "'quoted", "{=1}", "x" * 33_000]


@pytest.fixture
def session():
    """Ada came late, Ben left early, Cy stayed, and two were absent."""
    session = factories.session(factories.course(name="Physics"))
    times = {"Ada": (6, 30), "Ben": (0, 12), "Cy": (0, 30), "=Dee": None, "Eve": None}
    for name, minutes in times.items():
        student = factories.student_of(session.course, name)
        student.enrolments.update(joined_at=NOW)
        student.school_id = f"00{student.pk}"
        student.save()
        if minutes:
            joined_at, left_at = (NOW + timedelta(minutes=minute) for minute in minutes)
            factories.attendance(session, student, joined_at=joined_at, left_at=left_at)
            factories.reading(session, student, after_s=600)
    end_session(session=session, now=END)
    session.refresh_from_db()
    return session


def download(client, session, file, wanted=""):
    client.force_login(session.course.teachers.get())
    response = client.get(f"/sessions/{session.pk}/{file}.csv", {"format": wanted} if wanted else {})
    assert response.status_code == 200
    return response


def csv_rows(response, delimiter=","):
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def sheet_rows(content):
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(content)).active.iter_rows()]


def test_attendance_file_names_absent_late_and_left_early(client, session):
    rows = csv_rows(download(client, session, "attendance"))
    found = [(row["name"], row["attendance"], row["late"], row["left_early"], row["minutes_present"]) for row in rows]
    assert found == [
        ("Ada", "present", "1", "0", "24.0"),
        ("Ben", "present", "0", "1", "12.0"),
        ("Cy", "present", "0", "0", "30.0"),
        ("'=Dee", "absent", "0", "0", "0"),
        ("Eve", "absent", "0", "0", "0"),
    ]


@pytest.mark.parametrize("file", ["students", "attendance", "readings"])
def test_files_have_the_address_and_the_schools_id(client, session, file):
    rows = csv_rows(download(client, session, file))
    students = {str(each.student_id): each.student for each in session.course.enrolments.select_related("student")}
    assert rows
    assert [(row["email"], row["school_id"]) for row in rows] == [
        (students[row["student"]].email, students[row["student"]].school_id) for row in rows
    ]


def test_semicolon_file_has_decimal_commas(client, session):
    response = download(client, session, "students", "semicolons")
    [ada, *_] = csv_rows(response, ";")
    assert (ada["name"], ada["minutes_present"], ada["happy"]) == ("Ada", "24,0", "0,0069")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_workbook_has_the_rows_of_the_csv_file(client, session, settings):
    settings.TIME_ZONE = "Asia/Kolkata"
    plain = csv_rows(download(client, session, "attendance"))
    response = download(client, session, "attendance", "xlsx")
    header, *rows = sheet_rows(response.content)
    assert response.headers["Content-Disposition"].endswith('attendance.xlsx"')
    assert response.headers["Content-Type"] == table_files.XLSX_TYPE
    assert header == list(plain[0])
    zone = ZoneInfo("Asia/Kolkata")
    for row, text in zip(rows, plain, strict=True):
        cells = dict(zip(header, row, strict=True))
        assert cells["name"] == text["name"].removeprefix("'")
        assert cells["school_id"] == text["school_id"]
        assert (cells["late"], cells["minutes_present"]) == (int(text["late"]), float(text["minutes_present"]))
        joined_at = cells["first_joined_at"] and cells["first_joined_at"].replace(tzinfo=zone).isoformat(
            "T", "milliseconds"
        )
        assert (joined_at or "") == text["first_joined_at"]


def test_workbook_holds_no_formula_and_no_link():
    sheet = load_workbook(io.BytesIO(table_files.xlsx_bytes([FORMULAS]))).active
    cells = list(sheet[1])
    assert [cell.value for cell in cells] == [text[:32_767] for text in FORMULAS]
    assert {(cell.data_type, cell.hyperlink) for cell in cells} == {("s", None)}


def test_workbook_keeps_numbers_and_times_as_such():
    at = datetime(2026, 11, 2, 15, 30, tzinfo=ZoneInfo("Asia/Kolkata"))
    [row] = sheet_rows(table_files.xlsx_bytes([["007", 7, 0.25, None, at]]))
    assert row == ["007", 7, 0.25, None, datetime(2026, 11, 2, 15, 30)]


def test_readings_are_csv_whatever_was_chosen(client, session):
    response = download(client, session, "readings", "xlsx")
    assert response.headers["Content-Disposition"].endswith('readings.csv"')
    assert len(csv_rows(response)) == 3


def test_address_without_a_format_is_csv_whatever_was_chosen(client, session):
    download(client, session, "students", "xlsx")
    assert len(csv_rows(download(client, session, "students"))) == 3


def test_unknown_format_is_csv_and_is_not_remembered(client, session):
    assert len(csv_rows(download(client, session, "students", "pdf"))) == 3
    assert table_files.COOKIE not in client.cookies


@pytest.mark.parametrize("wanted", TableFormat.values)
def test_menu_begins_with_the_format_chosen_last(client, session, wanted):
    download(client, session, "students", wanted)
    page = client.get(f"/sessions/{session.pk}/").content.decode()
    checked = page.split('name="format"')[1:]
    assert [wanted for wanted in TableFormat.values if f'value="{wanted}" checked' in " ".join(page.split())] == [
        wanted
    ]
    assert len(checked) == len(TableFormat)
