"""axe-core on every page, light and dark, on a desktop and a phone. No page scrolls sideways."""

import pytest
from playwright.async_api import Page, expect

from tests.browser import people
from tests.browser.accessibility import page_of, violations_in_each_look

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def _simulated_class(server) -> None:
    """An ended session with readings in the demo course."""
    server.simulate("--students", "3", "--seconds", "6", "--join-code", "STAT2345", "--keep")


async def ended_session(page: Page, server) -> str:
    await page.goto(f"{server.url}/")
    await page.get_by_role("link", name="Introduction to Statistics").first.click()
    await page.get_by_role("link", name="Simulated class").first.click()
    await expect(page.get_by_test_id("report-timeline")).to_be_visible()
    return page.url.removeprefix(server.url)


async def test_visitor_pages_are_accessible(server, browser):
    page = await page_of(browser, server)
    paths = [
        *("/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"),
        *("/privacy/", "/help/camera/", "/nowhere/"),
    ]
    assert await violations_in_each_look(page, server, *paths) == []


async def test_student_pages_are_accessible(server, browser):
    page = await page_of(browser, server, "student3@demo.example")
    paths = [
        *("/", "/courses/1/", "/courses/join/", "/consent/", "/courses/1/consent/", "/privacy/"),
        *("/accounts/password/change/", "/accounts/", "/accounts/kept/", "/accounts/looks/"),
    ]
    assert await violations_in_each_look(page, server, *paths) == []


@pytest.mark.usefixtures("_simulated_class")
async def test_teacher_pages_are_accessible(server, browser):
    page = await page_of(browser, server, "teacher@demo.example")
    course = [f"/courses/1/{name}" for name in ("", "members/", "alerts/", "retention/", "camera/")]
    paths = ["/", *course, "/sessions/1/edit/", await ended_session(page, server)]
    assert await violations_in_each_look(page, server, *paths) == []


async def test_administrator_pages_are_accessible(server, browser):
    page = await page_of(browser, server, "admin@demo.example")
    paths = [
        *("/", "/accounts/", "/consent/texts/publish/", "/consent/texts/1/"),
        *("/administration/audit/", "/administration/privacy/", "/administration/consents/"),
        "/administration/consents/record/",
    ]
    courses = [f"courses/{name}" for name in ("", "new/", "1/", "1/?find=a", "1/delete/")]
    others = ["terms/", "terms/new/", "platforms/", "platforms/new/", "health/", "school/", "school/retention/"]
    paths += [f"/administration/{page}" for page in courses + others]
    assert await violations_in_each_look(page, server, *paths) == []


async def test_running_class_is_accessible(server, browser):
    teacher = await page_of(browser, server, "teacher@demo.example")
    student = await page_of(browser, server, "student3@demo.example")
    session = (await people.start_class(teacher, "Accessible")).removeprefix(server.url)
    found = await violations_in_each_look(teacher, server, f"{session}live/")
    found += await violations_in_each_look(student, server, f"{session}attend/")
    await people.end_class(teacher)
    found += await violations_in_each_look(student, server, f"{session}mine/")
    assert found == []
