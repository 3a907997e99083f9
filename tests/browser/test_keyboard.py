"""Where the focus goes when a page changes by itself, and what keys do: as somebody without a mouse meets it."""

import re

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser import people
from tests.browser.fed_class import fed_class

pytestmark = pytest.mark.browser
ALERTS = """
(changes) => {
  const moments = { since: 1, fired_at: 2, recovering_at: null, recovered_at: null, acknowledged_at: null };
  const values = { kind: "student_away", reason: "Away.", explains: [], acknowledged_by: null, ...moments };
  const alerts = changes.map((change) => ({ ...values, student: change.id, name: `Student ${change.id}`, ...change }));
  window.receive({ type: "alerts", alerts });
}
"""
HANDS = """
async (ids) => {
  window.state ??= await (await fetch(document.querySelector("[data-live]").dataset.stateUrl)).json();
  const { mood, voice, sentence } = window.state;
  const hands = ids.map((id) => ({ id, name: `Student ${id}`, since: id }));
  const rest = { students: [], windows: [], answers: [], mood, sentence };
  window.number = (window.number ?? 1000) + 1;
  window.receive({ type: "update", number: window.number, voice: { ...voice, hands }, ...rest });
}
"""
COVERED = """
(element) => {
  const { left, top, width, height } = element.getBoundingClientRect();
  return !element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def live(server, browser_of_the_file) -> Page:
    async with fed_class(server, browser_of_the_file, "Keys") as page:
        yield page


@pytest_asyncio.fixture(loop_scope="session")
async def teacher(live: Page) -> Page:
    await people.open_again(live)
    return live


async def test_hand_that_goes_up_leaves_the_focus_on_another(teacher):
    await teacher.evaluate(HANDS, [1])
    lower = teacher.get_by_role("button", name="Lower the hand of Student 1")
    await lower.focus()
    await teacher.evaluate(HANDS, [1, 2])
    await expect(teacher.get_by_test_id("hand-up")).to_have_count(2)
    await expect(lower).to_be_focused()


async def test_hand_that_is_lowered_by_key_passes_the_focus_on(teacher):
    await teacher.evaluate(HANDS, [1, 2])
    await teacher.route(re.compile("/hands?/"), lambda route: route.fulfill(status=204))
    await teacher.get_by_role("button", name="Lower the hand of Student 1").press("Enter")
    await teacher.wait_for_timeout(300)
    await teacher.evaluate(HANDS, [2])
    await expect(teacher.get_by_role("button", name="Lower the hand of Student 2")).to_be_focused()


async def test_alert_that_changes_or_disappears_keeps_the_focus_in_the_list(teacher):
    await teacher.evaluate(ALERTS, [{"id": 1}, {"id": 2}])
    button = teacher.get_by_role("button", name="Got it about Student 1")
    await button.focus()
    await teacher.evaluate(ALERTS, [{"id": 3}, {"id": 2}, {"id": 1}])
    await expect(button).to_be_focused()
    await teacher.evaluate(ALERTS, [{"id": 2}, {"id": 1, "acknowledged_at": 3}])
    await expect(teacher.get_by_test_id("alert").filter(has_text="Student 1")).to_be_focused()
    await teacher.evaluate(ALERTS, [{"id": 2}])
    await expect(teacher.get_by_role("list", name="Alerts")).to_be_focused()
    await teacher.evaluate(ALERTS, [])
    await expect(teacher.get_by_role("heading", name="Alerts", exact=True)).to_be_focused()


async def test_button_of_the_alerts_is_visible_with_the_focus_in_a_low_window(teacher):
    await teacher.set_viewport_size({"width": 1100, "height": 420})
    settings = teacher.get_by_role("button", name="Settings for alerts")
    await settings.focus()
    assert not await settings.evaluate(COVERED)
    await teacher.set_viewport_size({"width": 1440, "height": 900})


async def test_markers_that_come_again_leave_the_focus(teacher):
    markers = {"type": "markers", "markers": [{"id": 1, "at": 1, "text": "Exercise"}]}
    await teacher.evaluate("(message) => window.receive(message)", markers)
    await teacher.get_by_role("button", name="Timeline", exact=True).click()
    rename = teacher.get_by_role("button", name="Rename the marker Exercise")
    await rename.focus()
    await teacher.evaluate("(message) => window.receive(message)", markers)
    await expect(rename).to_be_focused()


async def test_key_m_can_be_switched_off(teacher):
    field, opener = teacher.get_by_label("What is happening?"), teacher.get_by_test_id("open-marker")
    await teacher.keyboard.press("m")
    await teacher.get_by_role("checkbox", name="The key “m” opens this form").uncheck()
    await teacher.get_by_role("button", name="Cancel").click()
    await expect(opener).to_be_focused()
    await teacher.keyboard.press("m")
    await expect(field).to_be_hidden()
    await teacher.reload()
    await expect(opener.locator("kbd")).to_be_hidden()
    await expect(opener).not_to_have_attribute("aria-keyshortcuts", "m")
    await opener.focus()
    await teacher.keyboard.press("m")
    await expect(field).to_be_hidden()


async def test_copy_button_says_what_it_did_and_leaves_the_focus_alone(teacher):
    await teacher.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await teacher.clock.install()
    copy = teacher.get_by_test_id("join-card").get_by_role("button", name="Copy code")
    await copy.press("Enter")
    await expect(teacher.locator("[data-page-announcement]")).to_have_text("Copied")
    await teacher.keyboard.press("Tab")
    await teacher.clock.fast_forward(5_000)
    await expect(copy).to_have_text("Copy code")
    await expect(teacher.get_by_test_id("join-card").get_by_role("button", name="Copy link")).to_be_focused()


async def test_focus_in_the_join_card_goes_to_its_button_when_somebody_joins(server, teacher, browser):
    await teacher.get_by_test_id("join-card").get_by_role("button", name="Copy link").focus()
    student = await (await browser.new_context()).new_page()
    await people.sign_in(student, server, "student3@demo.example")
    await student.goto(f"{teacher.url.removesuffix('live/')}attend/")
    await expect(teacher.get_by_test_id("join-card")).to_be_hidden()
    await expect(teacher.get_by_role("button", name="Join code")).to_be_focused()


async def test_menu_closes_when_the_focus_leaves_it(teacher):
    menu = teacher.locator("details.menu", has_text="Account menu").or_(teacher.locator(".site-header details.menu"))
    await menu.locator("summary").press("Enter")
    last = menu.get_by_role("button", name="Sign out")
    await last.focus()
    await expect(menu).to_have_attribute("open", "")
    await last.press("Tab")
    await expect(menu).not_to_have_attribute("open", "")


async def test_refused_form_puts_the_focus_on_what_is_wrong(server, browser):
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{server.url}/accounts/login/")
    await page.get_by_label("E-mail").fill("nobody@demo.example")
    await page.get_by_label("Password", exact=True).fill("wrong")
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("alert").filter(has_text="password")).to_be_focused()

    await people.sign_in(page, server, "student3@demo.example")
    await page.goto(f"{server.url}/courses/join/")
    await page.get_by_label("Join code").fill("WRONG234")
    await page.get_by_role("button", name="Join course").click()
    field = page.get_by_label("Join code")
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("aria-invalid", "true")


async def test_keys_test_a_camera_without_starting_it_and_lead_out_of_class_and_back(server, live, browser):
    page = await (await browser.new_context()).new_page()
    await people.sign_in(page, server, "student3@demo.example")
    await people.withdraw_consent(page, server)
    await page.goto(f"{live.url.removesuffix('live/')}attend/")
    await page.get_by_test_id("test-without-consent").focus()
    await people.give_consent(await page.context.new_page(), server)
    await expect(page.get_by_test_id("start-camera")).to_be_focused()
    await page.get_by_test_id("test-camera").press("Enter")
    await expect(page.get_by_test_id("stop-test")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("start-camera")).to_be_focused()
    await page.get_by_test_id("leave-class").press("Enter")
    await expect(page.get_by_role("region", name="You have left the class")).to_be_focused()
    await page.get_by_role("button", name="Join again").press("Enter")
    await expect(page.locator("main")).to_be_focused()
