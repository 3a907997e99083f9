"""An administrator sets up a term from the lists of a school."""

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.people import sign_in

pytestmark = pytest.mark.browser
TEACHERS, COURSES, STUDENTS = 3, 10, 300
TERM = "Set up from files"
IN_TERM = f"term_id = (select id from classroom_term where name = '{TERM}')"  # noqa: S608  # no input
# Three hundred rows or mails on a busy machine.
PATIENTLY_MS = 60_000
COUNT_CLICKS = "addEventListener('click', (event) => event.isTrusted && event.detail && countClick(), true)"


@pytest.fixture
def lists(tmp_path):
    """Three files, each as another program saves it."""
    people = [f"Herr;Müller {n};t{n}@school.example;T{n};teacher" for n in range(TEACHERS)]
    people += [f"Student;Number {n};s{n}@school.example;S{n};student" for n in range(STUDENTS)]
    courses = [f"Course {n},C{n},{TERM},t{n % TEACHERS}@school.example" for n in range(COURSES)]
    enrolments = [f"S{n}\tC{n % COURSES}" for n in range(STUDENTS)]
    files = {
        "people.csv": "\r\n".join(["First name;Surname;E-Mail;Student ID;Role", *people]).encode("cp1252"),
        "courses.csv": "\n".join(["name,school id,term,teachers", *courses]).encode("utf-8-sig"),
        "enrolments.txt": "\r\n".join(["person\tcourse", *enrolments]).encode("utf-16"),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return [tmp_path / name for name in files]


@pytest_asyncio.fixture(loop_scope="session")
async def page(server, browser) -> Page:
    page = await (await browser.new_context(locale="en-GB")).new_page()
    await sign_in(page, server, "admin@demo.example")
    return page


async def test_administrator_sets_up_a_term_with_eight_clicks(page, server, lists):
    """The term itself, then the three lists, then the invitations."""
    clicks = []
    await page.expose_function("countClick", lambda: clicks.append(1))
    await page.add_init_script(COUNT_CLICKS)
    await page.reload()
    await page.get_by_role("link", name="Terms").click()
    await page.get_by_role("link", name="New term").click()
    await page.get_by_label("Name").fill(TERM)
    await page.get_by_label("First day").fill("2026-09-01")
    await page.get_by_label("Last day").fill("2027-01-31")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("link", name="Imports").click()
    async with page.expect_file_chooser() as chooser:
        await page.get_by_label("CSV files").click()
    await (await chooser.value).set_files(lists)
    await page.get_by_role("button", name="Check the files").click()
    await expect(page.get_by_role("heading", name="Every row can be imported")).to_be_visible(timeout=PATIENTLY_MS)
    await expect(page.get_by_text("read as Windows-1252, separated by semicolons")).to_be_visible()
    await expect(page.get_by_text("read as UTF-16, separated by tabs")).to_be_visible()
    await expect(page.get_by_test_id("totals").get_by_text("613")).to_be_visible()
    await page.get_by_role("button", name="Import everything").click()
    await expect(page.get_by_text("Everything was imported")).to_be_visible(timeout=PATIENTLY_MS)
    await page.get_by_role("button", name=f"Send invitations to {TEACHERS + STUDENTS} new people").click()
    await expect(page.get_by_text(f"{TEACHERS + STUDENTS} invitations were sent.")).to_be_visible(timeout=PATIENTLY_MS)
    assert len(clicks) == 8
    school = "email like '%@school.example' and password like '!%'"
    courses = f"course_id in (select id from classroom_course where school_id like 'C%' and {IN_TERM})"  # noqa: S608
    for table, condition, count in (
        ("accounts_user", f"role = 'teacher' and {school}", TEACHERS),
        ("accounts_user", f"role = 'student' and {school}", STUDENTS),
        ("accounts_user", f"password_mail_sent_at is not null and {school}", TEACHERS + STUDENTS),
        ("classroom_course_teachers", courses, COURSES),
        ("classroom_enrolment", courses, STUDENTS),
    ):
        assert server.count(f"select count(*) from {table} where {condition}") == count  # noqa: S608


async def test_files_that_are_too_large_are_refused_before_they_are_sent(page, server, tmp_path):
    (tmp_path / "large.csv").write_bytes(b"name,email\n" + b"x" * 6_000_000)
    await page.goto(f"{server.url}/administration/imports/")
    await page.get_by_label("CSV files").set_input_files(tmp_path / "large.csv")
    await page.get_by_role("button", name="Check the files").click()
    await expect(page.get_by_role("alert")).to_have_text(
        "The files are larger than 5 MB together. Split them, and import one part after the other."
    )
    await expect(page).to_have_url(f"{server.url}/administration/imports/")
