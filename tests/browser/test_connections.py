"""Connections that die silently, and networks that block WebSockets."""

import os
import signal

import pytest
from playwright.async_api import Page, expect

from tests.browser import people
from tests.browser.accessibility import faults

pytestmark = pytest.mark.browser
# Every opening fails after a moment, as behind a proxy that does not know the upgrade.
BLOCKED_SOCKETS = """
window.WebSocket = class extends EventTarget {
  static OPEN = 1;
  readyState = 0;
  constructor() {
    super();
    setTimeout(() => {
      this.readyState = 3;
      this.dispatchEvent(Object.assign(new Event("close"), { code: 1006 }));
    }, 300);
  }
  send() {}
  close() {}
};
"""


async def open_page(browser, script: str = "") -> Page:
    page = await (await browser.new_context()).new_page()
    await page.add_init_script(script)
    return page


async def test_dashboard_of_a_stopped_server_is_grey_and_legible_with_the_time_of_its_figures(server, browser):
    teacher = await open_page(browser)
    await people.sign_in(teacher, server, "teacher@demo.example")
    await people.start_class(teacher, "Half-open")
    live = teacher.locator("[data-live]")
    await expect(live).to_have_attribute("data-ready", "yes")
    await teacher.get_by_test_id("tile").first.click()
    student = teacher.get_by_test_id("student-panel")
    await expect(student).to_be_visible()
    os.kill(server.pid, signal.SIGSTOP)  # its sockets stay open
    try:
        await expect(live).to_have_attribute("data-stale", "yes")
        await expect(teacher.get_by_test_id("connection")).to_have_attribute("data-state", "lost")
        await expect(teacher.locator("[data-part=stale]")).to_contain_text("the figures are from")
        await expect(teacher.locator("[data-part=grid]")).to_have_css("filter", "grayscale(1)")
        assert await faults(teacher) == []
        await expect(student).to_contain_text("Could not load this")
    finally:
        os.kill(server.pid, signal.SIGCONT)
    await expect(live).not_to_have_attribute("data-stale", "yes")
    await expect(teacher.get_by_test_id("connection")).to_have_attribute("data-state", "open")
    await student.get_by_role("button", name="Close").click()
    await people.end_class(teacher)


async def test_class_goes_on_where_the_network_blocks_websockets(server, browser):
    teacher, student = await open_page(browser, BLOCKED_SOCKETS), await open_page(browser, BLOCKED_SOCKETS)
    await people.sign_in(teacher, server, "teacher@demo.example")
    session = await people.start_class(teacher, "Blocked")
    notice = teacher.get_by_test_id("blocked")
    await expect(notice).to_contain_text("This network blocks live connections (WebSockets)")
    await expect(notice).to_contain_text("Ask the network’s administrator to allow WebSocket connections to 127.0.0.1")
    await expect(teacher.get_by_test_id("connection")).to_have_attribute("data-state", "polling")
    await expect(teacher.locator("[data-live]")).not_to_have_attribute("data-stale", "yes")

    await people.sign_in(student, server, "student2@demo.example")
    await people.give_consent(student, server)
    await student.goto(f"{session}attend/")
    await expect(student.get_by_test_id("blocked")).to_contain_text("which the camera needs")
    await expect(student.get_by_test_id("start-camera")).to_be_disabled()
    tile = teacher.get_by_test_id("tile").filter(has_text="Ben Haddad")
    await expect(tile).to_have_attribute("data-state", "paused")

    await student.get_by_test_id("say-lost").click()
    await expect(student.get_by_test_id("answer-state")).to_contain_text("counts until")
    await student.get_by_test_id("hand").click()
    await expect(teacher.get_by_test_id("answer-lost")).to_have_text("Lost1")
    hand = teacher.get_by_test_id("hand-up").filter(has_text="Ben Haddad")
    await hand.get_by_role("button").click()
    await expect(student.get_by_text("Your teacher lowered your hand.")).to_be_visible()
    await expect(hand).to_have_count(0)

    await student.get_by_test_id("leave-class").click()
    await expect(tile).to_have_attribute("data-state", "left")
    await student.get_by_role("button", name="Join again").click()
    await expect(tile).to_have_attribute("data-state", "paused")
    await people.end_class(teacher)
    await expect(student.get_by_role("heading", name="The class has ended")).to_be_visible()
