"""Reports and comparisons in light and dark, on a desktop and a phone, and on paper."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser import people
from tests.browser.accessibility import page_of, violations_in_each_look

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def _two_classes(server) -> None:
    """Two ended sessions with readings in the demo course."""
    for _ in range(2):
        server.simulate("--students", "2", "--seconds", "4", "--join-code", "STAT2345", "--keep")


async def signed_in(browser, server, scheme: str = "light") -> Page:
    context = await browser.new_context(color_scheme=scheme, viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    await people.sign_in(page, server, "teacher@demo.example")
    return page


async def width_of(chart: Locator) -> float:
    return (await chart.bounding_box() or {"width": 0})["width"]


async def eventually(
    seen: Callable[[], Awaitable[float]],
    is_right: Callable[[float], bool],
    patience_s: float = people.PATIENCE_MS / 1000,
) -> None:
    """Poll until the check passes, for conditions that no locator assertion covers."""
    async with asyncio.timeout(patience_s):
        while not is_right(await seen()):  # noqa: ASYNC110  # waits for the page
            await asyncio.sleep(0.05)


async def open_report(page: Page, server) -> str:
    await page.goto(f"{server.url}/")
    await page.get_by_role("link", name="Introduction to Statistics").first.click()
    await page.get_by_role("link", name="Simulated class").first.click()
    await expect(page.get_by_test_id("report-timeline").locator("canvas")).to_be_visible()
    return page.url.removeprefix(server.url)


@pytest.mark.usefixtures("_two_classes")
async def test_session_pages_have_no_accessibility_violations(server, browser):
    page = await page_of(browser, server, "teacher@demo.example")
    complaints = people.complaints_of(page)
    report = await open_report(page, server)
    found = await violations_in_each_look(page, server, report)
    await page.get_by_test_id("student-row").first.get_by_role("link").click()
    await expect(page).to_have_url(re.compile(r"/sessions/\d+/students/\d+/$"))
    found += await violations_in_each_look(page, server, page.url.removeprefix(server.url))
    assert (found, complaints) == ([], [])


@pytest.mark.usefixtures("_two_classes")
async def test_course_history_pages_have_no_accessibility_violations(server, browser):
    page = await page_of(browser, server, "teacher@demo.example")
    complaints = people.complaints_of(page)
    found = await violations_in_each_look(page, server, "/courses/1/register/", "/courses/1/term/")
    await page.get_by_test_id("session-row").first.get_by_role("link").click()
    await page.get_by_test_id("student-row").first.get_by_role("link").click()
    await page.get_by_role("link", name="All classes").click()
    await expect(page.get_by_test_id("session-row").first).to_be_visible()
    found += await violations_in_each_look(page, server, page.url.removeprefix(server.url))
    assert (found, complaints) == ([], [])


@pytest.mark.usefixtures("_two_classes")
async def test_printed_report_is_light_and_has_no_controls(server, browser):
    page = await signed_in(browser, server, "dark")
    await open_report(page, server)
    chart = page.get_by_test_id("report-timeline").locator("canvas")
    on_screen = await width_of(chart)
    await page.emulate_media(media="print", color_scheme="dark")
    await expect(page.get_by_role("banner")).to_be_hidden()
    await expect(page.get_by_role("link", name="Introduction to Statistics")).to_be_hidden()
    await expect(page.get_by_role("button", name="Print")).to_be_hidden()
    await expect(page.get_by_role("heading", name="Earlier classes")).to_be_visible()
    await expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    await expect(page.locator("h1")).to_have_css("color", "rgb(22, 27, 34)")
    # The chart is redrawn for the width of the paper.
    await eventually(lambda: width_of(chart), lambda width: width < on_screen)
    assert (await page.pdf(format="A4")).startswith(b"%PDF")
    await page.emulate_media(media="screen", color_scheme="dark")
    await expect(page.get_by_role("banner")).to_be_visible()
    await eventually(lambda: width_of(chart), lambda width: width == on_screen)


@pytest.mark.usefixtures("_two_classes")
async def test_students_csv_downloads_from_the_report(server, browser):
    page = await signed_in(browser, server)
    await open_report(page, server)
    rows = await page.get_by_test_id("student-row").count()
    await page.get_by_text("Download", exact=True).click()
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="Students", exact=True).click()
    download = await coming.value
    text = (await download.path()).read_text("utf-8-sig")
    assert download.suggested_filename.endswith("students.csv")
    assert len(text.splitlines()) == 1 + rows


@pytest.mark.usefixtures("_two_classes")
async def test_readings_csv_streams(server, browser):
    page = await signed_in(browser, server)
    report = await open_report(page, server)
    response = await page.request.get(f"{server.url}{report}readings.csv")
    assert response.status == 200
    lines = (await response.body()).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("captured_at,student,name,email,school_id,faces")
    assert len(lines) > 1
