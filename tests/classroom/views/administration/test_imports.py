import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import SecurityEvent, User
from classroom.infra.upload_tickets import issue_ticket
from classroom.models import Course
from classroom.tasks import imports as tasks
from tests import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]
PEOPLE = "name,email,role\nAda,ada@example.org,teacher\nBob,bob@example.org,\n"


@pytest.fixture
def admin(client):
    user = factories.user("administrator")
    client.force_login(user)
    return user


def upload(client, admin, *texts: str, ticket: str = ""):
    files = [SimpleUploadedFile(f"file{number}.csv", text.encode()) for number, text in enumerate(texts)]
    address = reverse("administration:import_upload", args=[ticket or issue_ticket(admin.pk)])
    response = client.post(address, {"files": files})
    tasks.thread.wait_until_idle()
    return response


def messages_of(client) -> str:
    page = client.get(reverse("administration:imports")).content.decode()
    return " ".join(re.findall(r'class="notice[^>]*>.*?</div>', page, re.S))


@pytest.mark.services
def test_administrator_uploads_checks_and_imports(client, admin):
    checked = upload(client, admin, "name,teachers\nLogic,ada@example.org\n", PEOPLE)
    page = client.get(checked.url).content.decode()
    assert "Preview of the import" in page
    assert "read as UTF-8, separated by commas" in page
    assert page.count('data-testid="row"') == 3
    assert Course.objects.count() == 0
    assert client.get(f"{checked.url}progress/").json() == {"busy": False, "done": 3, "total": 3}
    client.post(f"{checked.url}confirm/")
    tasks.thread.wait_until_idle()
    assert "Everything was imported" in client.get(checked.url).content.decode()
    assert Course.objects.get().teachers.get().email == "ada@example.org"
    imported = SecurityEvent.objects.filter(event="data_imported", actor=admin).order_by("pk")
    assert [event.details for event in imported] == [{"kind": "people", "new": 2}, {"kind": "courses", "new": 1}]


def test_refused_rows_are_shown_first_and_nothing_can_be_imported(client, admin):
    rows = "".join(f"P{number},p{number}@example.org,\n" for number in range(150))
    checked = upload(client, admin, f"{PEOPLE}Cid,c,boss\n{rows}")
    page = client.get(checked.url).content.decode()
    assert page.count('data-testid="row"') == 1
    assert "“c” is not an e-mail address" in page
    assert "“boss” is not a role; use student or teacher" in page
    assert "Import everything" not in page
    client.post(f"{checked.url}confirm/")
    assert User.objects.count() == 1
    second = client.get(f"{checked.url}?outcome=new&page=2").content.decode()
    assert second.count('data-testid="row"') == 52


def test_each_row_names_its_file_so_that_two_of_a_kind_can_be_told_apart(client, admin):
    checked = upload(client, admin, PEOPLE, "name,email\nCid,c\n")
    page = client.get(checked.url).content.decode()
    assert re.findall(r'data-label="File">(.*?)</td>', page) == ["file1.csv"]


def test_file_can_be_read_differently(client, admin):
    checked = upload(client, admin, "name;email\nAda,1;ada@example.org\n")
    client.post(f"{checked.url}read-again/", {"file": "0", "kind": "people", "separator": "comma"})
    tasks.thread.wait_until_idle()
    assert "The first line" not in client.get(checked.url).content.decode()
    assert "A file of people needs a column email / school_id." in client.get(checked.url).content.decode()
    for nonsense in ({"file": "9"}, {"file": "x"}, {}):
        assert client.post(f"{checked.url}read-again/", nonsense).status_code == 302


def test_discarded_import_is_gone(client, admin):
    checked = upload(client, admin, PEOPLE)
    assert "You have an import that is not finished." in client.get("/administration/imports/").content.decode()
    client.post(f"{checked.url}discard/")
    assert client.get(checked.url).status_code == 404


def test_form_that_was_sent_after_the_sign_in_had_ended_leads_back_to_the_page(client, admin):
    checked = upload(client, admin, PEOPLE)
    for address in (f"{checked.url}confirm/", reverse("administration:import_upload", args=[issue_ticket(admin.pk)])):
        assert client.get(address).url == "/administration/imports/"


def test_downloads_of_what_is_stored_have_different_names(client, admin):
    page = client.get("/administration/imports/").text
    names = re.findall(r'>(CSV with \w+)<span class="visually-hidden"> (\w+)</span></a>', page)
    formats, tables = ("CSV with commas", "CSV with semicolons"), ("People", "Courses", "Enrolments")
    assert names == [(each, table) for table in tables for each in formats]


def test_another_administrator_does_not_see_it(client, admin):
    checked = upload(client, admin, PEOPLE)
    client.force_login(factories.user("administrator"))
    for path in ("", "progress/"):
        assert client.get(f"{checked.url}{path}").status_code == 404
    for path in ("confirm/", "discard/", "read-again/"):
        assert client.post(f"{checked.url}{path}").status_code == 404


def test_upload_without_files_or_with_too_many_or_too_large_ones_is_refused_in_words(client, admin, settings):
    upload(client, admin)
    assert "Choose at least one file." in messages_of(client)
    upload(client, admin, *["x"] * 9)
    assert "Choose at most 8 files." in messages_of(client)
    settings.IMPORT_MAX_BYTES = 1024**2
    upload(client, admin, "x" * (1024**2 + 1))
    assert "The files are larger than 1 MB together. Split them." in messages_of(client)


def test_ticket_of_somebody_else_or_an_old_one_is_refused(client, admin):
    for ticket in (issue_ticket(admin.pk + 1), "nonsense"):
        upload(client, admin, PEOPLE, ticket=ticket)
        assert "The page was open for too long." in messages_of(client)


@pytest.mark.services
@pytest.mark.parametrize("kind", ["people", "courses", "enrolments"])
@pytest.mark.parametrize(("wanted", "sign"), [("csv", ","), ("semicolons", ";")])
def test_export_is_a_file_that_the_log_records(client, admin, kind, wanted, sign):
    factories.student_of(factories.course())
    response = client.get(f"/administration/exports/{kind}.csv?format={wanted}")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.decode("utf-8-sig").splitlines()[0].count(sign) >= 3
    assert SecurityEvent.objects.filter(event="data_exported", actor=admin).count() == 1
