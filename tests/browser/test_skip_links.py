"""How many tab stops a keyboard user needs to reach a page's purpose."""

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser import people

pytestmark = pytest.mark.browser
MOST_TABS = 5


@pytest_asyncio.fixture(loop_scope="session")
async def teacher(server, browser) -> Page:
    """A teacher whose live page has just opened, with nothing focused."""
    page = await (await browser.new_context()).new_page()
    await people.sign_in(page, server, "teacher@demo.example")
    await people.start_class(page, "Keyboard")
    await page.reload()
    await expect(page.get_by_test_id("tile").first).to_be_visible()
    yield page
    await people.end_class(page)


async def tab_to(page: Page, wanted: str) -> int:
    """Press Tab until an element that matches has the focus; return how often."""
    for tabs in range(1, MOST_TABS + 1):
        await page.keyboard.press("Tab")
        if await page.evaluate("(wanted) => document.activeElement.matches(wanted)", wanted):
            return tabs
    raise AssertionError(f"{wanted} is more than {MOST_TABS} tab stops away")


async def test_students_and_alerts_are_a_few_tab_stops_away(teacher):
    tabs = await tab_to(teacher, "a.skip-link[href='#seats']")
    await expect(teacher.get_by_role("link", name="Skip to students")).to_be_in_viewport()
    await teacher.keyboard.press("Enter")
    tabs += await tab_to(teacher, ".tile__open")
    assert tabs <= MOST_TABS
    first = await teacher.locator(".tile__open").first.text_content()
    await expect(teacher.locator(".tile__open:focus")).to_have_text(first)

    await people.open_again(teacher)
    tabs = await tab_to(teacher, "a.skip-link[href='#alerts-title']")
    await teacher.keyboard.press("Enter")
    tabs += await tab_to(teacher, "[data-part=alerts] :is(a, button, [tabindex])")
    assert tabs <= MOST_TABS


async def test_every_page_begins_with_a_link_to_its_content(server, browser):
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{server.url}/privacy/")
    assert await tab_to(page, "a.skip-link") == 1
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()
