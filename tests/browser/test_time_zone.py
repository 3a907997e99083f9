"""A teacher abroad chooses the time zone of their device; pages keep it on a device that is elsewhere."""

import pytest
from playwright.async_api import Page, expect

from tests.browser import people

pytestmark = pytest.mark.browser
TIME_IN_ZONE = """(time, timeZone) => {
  const parts = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat("en-GB", { ...parts, hourCycle: "h23", timeZone }).format(new Date(time.dateTime));
}"""


async def save(page: Page, zone: str) -> None:
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await expect(page.get_by_role("link", name=f"Times in {zone}")).to_be_visible()


async def test_pages_show_the_chosen_zone_on_every_device(server, browser):
    abroad = await browser.new_context(timezone_id="America/New_York")
    page = await abroad.new_page()
    await people.sign_in(page, server, "teacher@demo.example")
    await page.goto(f"{server.url}/accounts/")
    await page.get_by_role("button", name="Use this device’s time zone: America/New York").click()
    await save(page, "America/New York")
    await abroad.close()

    elsewhere = await browser.new_context(timezone_id="Asia/Tokyo")
    page = await elsewhere.new_page()
    complaints = people.complaints_of(page)
    await people.sign_in(page, server, "teacher@demo.example")
    await people.start_class(page, "Time zones")
    await people.end_class(page)
    time = page.locator("main time[data-local=both]").first
    assert await time.text_content() == await time.evaluate(TIME_IN_ZONE, "America/New_York")

    await page.goto(f"{server.url}/accounts/")
    await page.get_by_label("Time zone", exact=True).select_option("")
    await save(page, "UTC")
    await elsewhere.close()
    assert complaints == []
