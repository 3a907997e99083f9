"""A large class's report on paper, its tables sorted, its many alerts folded, and its moments in the chart."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.async_api import Page, expect

from accounts.models import User
from classroom.domain.sessions import end_session
from classroom.models import Alert, Attendance, ClassSession, Course, Enrolment, Reading, SelfReport, Stay
from tests.browser import people
from tests.browser.test_history import signed_in
from tests.factories import shares

pytestmark = pytest.mark.browser
TITLE = ("मानक विचलन और सहसंबंध का परिचय, उदाहरणों के साथ " * 5)[:200]
STUDENTS, ABSENT, CLASSES = 300, 20, 21
# The width of A4 between its margins, in CSS pixels.
PAPER_PX = 182 / 25.4 * 96


def create_course(name: str, size: int, *, absent: int, classes: int) -> tuple[int, int]:
    """Create a course with a class on each of the last days. Returns the course and its last session."""
    course = Course.objects.create(name=name, mode=Course.Mode.CAMERA)
    course.teachers.add(User.objects.get(email="teacher@demo.example"))
    names = ["Ada Lovelace", "Anna-Katharina von Hohenlohe-Schillingsfürst", "आशा देवी वेंकटरामन"]
    students = User.objects.bulk_create(
        User(email=f"{number}@example.org", name=f"{names[number % 3]} {number}", role="student")
        for number in range(10 * size, 11 * size)
    )
    first = timezone.now() - timedelta(days=classes)
    Enrolment.objects.bulk_create(Enrolment(course=course, student=each) for each in students)
    Enrolment.objects.filter(course=course).update(joined_at=first)
    for day in range(classes):
        session = create_class(course, students, first + timedelta(days=day), absent=absent)
    return course.pk, session.pk


def create_class(course: Course, students: Sequence[User], start: datetime, *, absent: int) -> ClassSession:
    """Create a class of 40 minutes in which each student was seen happy once and a third was lost."""
    session = ClassSession.objects.create(course=course, topic=TITLE, started_at=start)
    present, seen_at, end = students[absent:], start + timedelta(minutes=10), start + timedelta(minutes=40)
    attendances = Attendance.objects.bulk_create(
        Attendance(session=session, student=each, changed_at=start) for each in present
    )
    Stay.objects.bulk_create(
        Stay(attendance=each, joined_at=start + timedelta(minutes=number % 8), last_seen_at=end, left_at=end)
        for number, each in enumerate(attendances)
    )
    about = {"seq": 1, "captured_at": seen_at, "received_at": seen_at, "model": "x", "faces": 1, "expression": "happy"}
    Reading.objects.bulk_create(
        Reading(session=session, student=each, **about, **shares("happy", 0.7)) for each in present
    )
    SelfReport.objects.bulk_create(
        SelfReport(session=session, student=each, answer="lost", at=start + timedelta(minutes=20))
        for each in students[-len(students) // 3 :]
    )
    times = {"pending_at": seen_at, "fired_at": seen_at, "recovered_at": seen_at}
    figures = {"seconds": 60, "matching": 30, "snapshots": 38}
    Alert.objects.bulk_create(
        Alert(session=session, student=students[-1], kind="student_away", figures=figures, **times) for _ in range(39)
    )
    end_session(session=session, now=end)
    return session


@pytest.fixture(scope="module")
def made(server) -> dict[str, str]:
    """The paths of a report of a large class, of a course of many classes, and of its register."""
    large, report = server.call(create_course, "Many students", STUDENTS, absent=ABSENT, classes=1)
    long, last = server.call(create_course, "Many classes", 6, absent=1, classes=CLASSES)
    return {
        "report": f"/sessions/{report}/",
        "all": f"/sessions/{report}/?students=all",
        "register": f"/courses/{large}/register/",
        "term": f"/courses/{long}/term/?classes=all",
        "long register": f"/courses/{long}/register/",
        "last": f"/sessions/{last}/",
    }


async def on_paper(page: Page, server, path: str) -> None:
    await page.set_viewport_size({"width": round(PAPER_PX), "height": 900})
    await page.goto(f"{server.url}{path}")
    await page.emulate_media(media="print")
    await expect(page.get_by_role("banner")).to_be_hidden()


# Finds content beyond the paper's edge, and names that are cut off or broken into more lines than they have words.
MISFITS = """() => {
  const edge = document.documentElement.clientWidth + 1;
  const name = (element) => `${element.tagName} ${element.textContent.trim().slice(0, 40)}`;
  const visible = [...document.querySelectorAll("main *")].filter((each) => each.checkVisibility());
  const drawn = visible.filter((each) => !each.closest(".visually-hidden, svg"));
  const beyond = drawn.filter((each) => each.getBoundingClientRect().right > edge);
  const cut = [...document.querySelectorAll("th, td")].filter((cell) => cell.scrollWidth > cell.clientWidth + 1);
  const broken = [...document.querySelectorAll("tbody th a")].filter(
    (link) => link.textContent.startsWith("Ada Lovelace") && link.getClientRects().length > 1,
  );
  return [...beyond, ...cut, ...broken].map(name);
}"""


@pytest.mark.parametrize("path", ["all", "last", "term", "register", "long register"])
async def test_print_fits_the_paper_and_has_no_form(server, browser, made, path):
    page = await signed_in(browser, server)
    await on_paper(page, server, made[path])
    assert await page.evaluate(MISFITS) == []
    await expect(page.locator("main :is(input, select, button:not(.sort)):visible")).to_have_count(0)
    assert (await page.pdf(format="A4")).startswith(b"%PDF")


async def test_register_is_laid_out_near_the_window_and_on_paper(server, browser, made):
    """Thousands of cells took seconds before the page showed anything."""
    page = await signed_in(browser, server)
    await page.set_viewport_size({"width": 1366, "height": 200})
    await page.goto(f"{server.url}{made['long register']}")
    rows = page.get_by_test_id("register-row")
    is_laid_out = "row => row.checkVisibility({ contentVisibilityAuto: true })"
    assert [await rows.first.evaluate(is_laid_out), await rows.last.evaluate(is_laid_out)] == [True, False]
    await page.emulate_media(media="print")
    assert await rows.last.evaluate(is_laid_out)


async def test_print_of_a_report_has_all_students(server, browser, made):
    page = await signed_in(browser, server)
    await page.add_init_script("window.print = () => { document.title = 'printed'; };")
    await page.goto(f"{server.url}{made['report']}")
    await expect(page.get_by_test_id("student-row")).to_have_count(50)
    await page.get_by_role("button", name="Print").click()
    await expect(page).to_have_title("printed")
    await expect(page.get_by_test_id("student-row")).to_have_count(STUDENTS - ABSENT)


async def test_print_of_a_term_has_all_classes(server, browser, made):
    page = await signed_in(browser, server)
    await page.add_init_script("window.print = () => { document.title = 'printed'; };")
    await page.goto(f"{server.url}{made['term'].removesuffix('?classes=all')}")
    await expect(page.get_by_test_id("session-row")).to_have_count(20)
    await page.get_by_role("button", name="Print").click()
    await expect(page).to_have_title("printed")
    await expect(page.get_by_test_id("session-row")).to_have_count(CLASSES)


async def test_table_sorts_by_a_click_on_its_header(server, browser, made):
    page = await signed_in(browser, server)
    await page.goto(f"{server.url}{made['last']}")
    table = page.locator("table", has=page.get_by_test_id("student-row"))
    minutes = table.get_by_role("columnheader", name="Minutes")
    cells = table.locator("td[data-label=Minutes]")
    assert await cells.all_text_contents() == ["38", "40", "37", "39", "36"]
    await minutes.get_by_role("button").click()
    await expect(minutes).to_have_attribute("aria-sort", "descending")
    assert await cells.all_text_contents() == ["40", "39", "38", "37", "36"]
    await minutes.get_by_role("button").press("Enter")
    await expect(minutes).to_have_attribute("aria-sort", "ascending")
    assert await cells.all_text_contents() == ["36", "37", "38", "39", "40"]

    # On a phone, and at 400 %, where rows are cards.
    await page.set_viewport_size({"width": 320, "height": 800})
    await minutes.get_by_role("button").click()
    assert await cells.all_text_contents() == ["40", "39", "38", "37", "36"]


async def test_page_of_a_longer_table_is_sorted_with_all_its_rows(server, browser, made):
    page = await signed_in(browser, server)
    await page.goto(f"{server.url}{made['report']}")
    await page.get_by_role("columnheader", name="Minutes").get_by_role("button").click()
    await expect(page.get_by_test_id("student-row")).to_have_count(STUDENTS - ABSENT)
    await expect(page.get_by_role("columnheader", name="Minutes")).to_have_attribute("aria-sort", "descending")
    shown = await page.locator("td[data-label=Minutes]").all_text_contents()
    assert shown == sorted(shown, reverse=True)


async def test_alerts_are_folded_until_asked_for(server, browser, made):
    page = await signed_in(browser, server)
    await page.goto(f"{server.url}{made['last']}")
    await expect(page.get_by_test_id("gravest").locator("tbody tr")).to_have_count(5)
    await expect(page.get_by_test_id("alert-row").first).to_be_hidden()
    await page.get_by_text("Show all 39 alerts").click()
    await expect(page.get_by_test_id("alert-row").last).to_be_visible()
    await expect(page.get_by_test_id("gravest")).to_be_hidden()


async def test_moment_leads_to_its_time_in_the_chart(server, browser, made):
    page = await signed_in(browser, server)
    complaints = people.complaints_of(page)
    await page.goto(f"{server.url}{made['last']}")
    await expect(page.get_by_test_id("report-timeline").locator("canvas")).to_be_visible()
    moment = page.get_by_test_id("moments").get_by_role("link").first
    time = await moment.text_content() or ""
    await moment.press("Enter")
    readout = page.locator("[data-readout]")
    await expect(readout).to_be_focused()
    await expect(readout).to_be_in_viewport()
    await expect(readout.locator("[data-time]")).to_have_text(re.compile(rf"^{time}:\d\d$"))
    assert complaints == []


async def test_click_in_the_chart_marks_that_moment(server, browser, made):
    page = await signed_in(browser, server)
    await page.goto(server.url + made["report"])
    chart = page.get_by_test_id("report-timeline").locator(".u-over").first
    await chart.click(position={"x": 1, "y": 40})  # the chart's first window begins before the class
    time = page.get_by_label("Time", exact=True)
    await expect(time).to_have_value(re.compile(r"^\d\d:\d\d:\d\d$"))
    chosen = await time.input_value()
    await expect(page.get_by_label("What happened?")).to_be_focused()
    await page.keyboard.type("Power cut")
    await page.keyboard.press("Enter")
    row = page.get_by_test_id("marker-row").filter(has_text="Power cut")
    await expect(row.locator("time")).to_have_text(chosen[:5])
    await page.get_by_test_id("all-events").locator("summary").click()
    await row.get_by_role("button", name="Remove the marker “Power cut”").click()
    await expect(row).to_have_count(0)
