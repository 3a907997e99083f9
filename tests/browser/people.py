"""User actions in a browser. Every wait is for something a user would see."""

import re

from playwright.async_api import Page, expect

PATIENCE_MS = 30_000
DEMO_COURSE = "Introduction to Statistics"
expect.set_options(timeout=PATIENCE_MS)


async def sign_in(page: Page, server, email: str) -> None:
    """Give the page's browser a session of the user, and open the start page."""
    from tests.browser.sessions import session_cookie  # noqa: PLC0415  # scripts/screenshots runs without Django

    await page.context.add_cookies([session_cookie(server, email)])
    await page.goto(f"{server.url}/")
    await expect(page).to_have_url(start_page(server))


async def sign_in_by_form(page: Page, server, email: str) -> None:
    await page.goto(f"{server.url}/accounts/login/")
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_label("Password", exact=True).fill(server.password)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page).to_have_url(start_page(server))


def start_page(server) -> re.Pattern:
    return re.compile(rf"^{re.escape(server.url)}/(administration/)?$")


async def start_class(page: Page, topic: str, *, course: str = DEMO_COURSE) -> str:
    """Start a class in the course and return the session's URL without `live/`.

    A class that a failed test left running is ended first.
    """
    link = page.get_by_role("link", name=course).first
    await link.click()
    await expect(page.get_by_role("heading", name=course, level=1)).to_be_visible()
    if await page.get_by_role("link", name="Open dashboard").is_visible():
        await page.get_by_role("link", name="Open dashboard").click()
        await end_class(page)
        await link.click()
    await page.get_by_label("Topic").fill(topic)
    await page.get_by_role("button", name="Start").click()
    await expect(page).to_have_url(re.compile(r"/sessions/\d+/live/$"))
    return page.url.removesuffix("live/")


async def open_again(live: Page) -> None:
    """Reopen a live page in its initial state, without what an earlier test fed it, chose on it or pointed at."""
    await live.unroute_all()
    await live.mouse.move(0, 0)
    await live.evaluate("localStorage.clear()")
    await live.goto(live.url.partition("#")[0])
    await expect(live.locator("[data-live]")).to_have_attribute("data-ready", "yes")


async def open_advanced_settings(page: Page) -> None:
    """On the page of a course's alert settings, start from the usual ones, whatever an earlier test has saved."""
    await page.get_by_role("radio", name="Normal").check()
    advanced = page.locator("details.advanced")
    if await advanced.get_attribute("open") is None:
        await advanced.locator("summary").press("Enter")


async def end_class(page: Page) -> None:
    await page.get_by_role("button", name="End class").first.click()
    await page.get_by_role("dialog").get_by_role("button", name="End class").click()
    await expect(page).to_have_url(re.compile(r"/sessions/\d+/$"))


async def give_consent(page: Page, server) -> None:
    """Agree in each course with a camera, unless the consent of an earlier test is still in force."""
    for course in await _consent_pages(page, server):
        await page.goto(course)
        if not await page.get_by_role("button", name="Withdraw consent").is_visible():
            await page.locator("input[name=agree]").check()
            await page.get_by_role("button", name=re.compile("agree", re.IGNORECASE)).click()
            await expect(page).not_to_have_url(course)


async def withdraw_consent(page: Page, server) -> None:
    """Withdraw the consents that an earlier test may have given."""
    for course in await _consent_pages(page, server):
        await page.goto(course)
        withdraw = page.get_by_role("button", name="Withdraw consent")
        if await withdraw.is_visible():
            await withdraw.click()
            await expect(withdraw).to_be_hidden()


async def _consent_pages(page: Page, server) -> list[str]:
    await page.goto(f"{server.url}/consent/")
    return (
        await page.get_by_test_id("consents").get_by_role("link").evaluate_all("links => links.map(each => each.href)")
    )


async def start_camera(page: Page, server, session: str, email: str) -> None:
    """Sign in, agree, open the session and start the camera."""
    await sign_in(page, server, email)
    await give_consent(page, server)
    await page.goto(f"{session}attend/")
    await page.get_by_test_id("start-camera").click()


def complaints_of(page: Page) -> list[str]:
    """Collect script errors, blocked content, failed requests and requests to foreign hosts."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: _note_foreign(request.url, complaints))
    return complaints


def _note_foreign(url: str, complaints: list[str]) -> None:
    if not re.match(r"(http://127\.0\.0\.1:|data:|blob:)", url):
        complaints.append(f"asked {url}")
