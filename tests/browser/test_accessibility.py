"""axe-core on every page, light and dark, on a desktop and a phone. No page scrolls sideways."""

import pytest
from playwright.async_api import Page

from tests.browser import people
from tests.server import ROOT

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = [("light", 1440), ("dark", 360)]


@pytest.fixture(scope="module")
def _simulated_class(server) -> None:
    """An ended session with readings in the demo course."""
    server.simulate("--students", "3", "--seconds", "6", "--join-code", "STAT2345", "--keep")


async def ended_session(page: Page, server) -> str:
    await page.goto(f"{server.url}/")
    await page.get_by_role("link", name="Introduction to Statistics").first.click()
    await page.get_by_role("link", name="Simulated class").first.click()
    return page.url.removeprefix(server.url)


async def violations(page: Page, server, path: str) -> list[str]:
    await page.goto(server.url + path)
    await page.evaluate((ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text())
    found = await page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    complaints = [f"{path}: {each['id']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]]
    width = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return complaints + ([f"{path}: {width} px wider than the window"] if width > 0 else [])


async def check(browser, server, scheme: str, width: int, email: str, paths: list[str]) -> list[str]:
    context = await browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = await context.new_page()
    if email:
        await people.sign_in(page, server, email)
    found = []
    for path in paths:
        if path == "report":
            path = await ended_session(page, server)
        found += await violations(page, server, path)
    await context.close()
    return found


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
async def test_visitor_pages_are_accessible(server, browser, scheme, width):
    paths = [
        "/",
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/privacy/",
        "/help/camera/",
        "/nowhere/",
    ]
    assert await check(browser, server, scheme, width, "", paths) == []


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
async def test_student_pages_are_accessible(server, browser, scheme, width):
    paths = [
        "/",
        "/courses/1/",
        "/courses/join/",
        "/consent/",
        "/courses/1/consent/",
        "/privacy/",
        "/accounts/password/change/",
        "/accounts/",
        "/accounts/kept/",
        "/accounts/looks/",
    ]
    assert await check(browser, server, scheme, width, "student3@demo.example", paths) == []


@pytest.mark.usefixtures("_simulated_class")
@pytest.mark.parametrize(("scheme", "width"), LOOKS)
async def test_teacher_pages_are_accessible(server, browser, scheme, width):
    assert (
        await check(
            browser,
            server,
            scheme,
            width,
            "teacher@demo.example",
            [
                "/",
                "/courses/1/",
                "/courses/1/members/",
                "/courses/1/alerts/",
                "/courses/1/retention/",
                "/courses/1/camera/",
                "/sessions/1/edit/",
                "report",
            ],
        )
        == []
    )


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
async def test_administrator_pages_are_accessible(server, browser, scheme, width):
    paths = [
        *("/", "/accounts/", "/consent/texts/publish/", "/consent/texts/1/"),
        *("/administration/audit/", "/administration/privacy/", "/administration/consents/"),
        "/administration/consents/record/",
    ]
    courses = ["", "new/", "1/", "1/?find=a", "1/delete/"]
    administration = [
        *(f"courses/{page}" for page in courses),
        "terms/",
        "terms/new/",
        "platforms/",
        "platforms/new/",
        "health/",
        "school/",
        "school/retention/",
    ]
    paths += [f"/administration/{page}" for page in administration]
    assert await check(browser, server, scheme, width, "admin@demo.example", paths) == []


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
async def test_running_class_is_accessible(server, browser, scheme, width):
    context = await browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    teacher = await context.new_page()
    await people.sign_in(teacher, server, "teacher@demo.example")
    session = (await people.start_class(teacher, "Accessible")).removeprefix(server.url)
    found = await violations(teacher, server, f"{session}live/")
    found += await check(browser, server, scheme, width, "student3@demo.example", [f"{session}attend/"])
    await teacher.goto(f"{server.url}{session}live/")
    await people.end_class(teacher)
    found += await check(browser, server, scheme, width, "student3@demo.example", [f"{session}mine/"])
    await context.close()
    assert found == []
