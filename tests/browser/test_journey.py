"""The main user journey in a real browser, from sign-in to the report."""

import asyncio
import re
import time

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser import people
from tests.browser.test_history import eventually

pytestmark = pytest.mark.browser
# Longer than a tile shows an old reading.
HIDDEN_S = 12
# Headless Chromium hides no page. A hidden one draws no frames, and its timers fire once a second.
CAN_BE_HIDDEN = """
window.hideTab = () => {
  Object.defineProperties(document, { hidden: { value: true }, visibilityState: { value: "hidden" } });
  document.dispatchEvent(new Event("visibilitychange"));
  for (const name of ["setTimeout", "setInterval"]) {
    const real = window[name].bind(window);
    window[name] = (handler, delay, ...rest) => real(handler, Math.max(delay ?? 0, 1000), ...rest);
  }
  window.requestAnimationFrame = () => 0;
};
"""
EXPRESSION = re.compile("angry|disgust|fear|happy|neutral|sad|surprise|uncertain|cannot tell", re.IGNORECASE)


async def test_class_from_sign_in_to_report(server, browser):
    teacher = await (await browser.new_context()).new_page()
    student = await (await browser.new_context()).new_page()
    complaints = [people.complaints_of(page) for page in (teacher, student)]
    await people.sign_in_by_form(teacher, server, "teacher@demo.example")
    session = await people.start_class(teacher, "Journey")
    await expect(teacher.get_by_test_id("connection")).to_have_attribute("data-state", "open")
    ada = teacher.get_by_test_id("tile").filter(has_text="Ada Okafor")
    await expect(ada).to_have_attribute("data-state", "absent")

    await people.sign_in_by_form(student, server, "student1@demo.example")
    await student_is_in_class_without_consent(student, session, ada)
    await people.give_consent(student, server)
    await camera_shows_on_both_pages(teacher, student, session, ada)
    await pause_releases_the_camera(student, ada)
    await student.get_by_test_id("start-camera").click()
    await expect(ada).to_have_attribute("data-state", "seen")
    await student.get_by_test_id("leave-class").click()
    await expect(ada).to_have_attribute("data-state", "left")

    # After class, both have a report.
    await people.end_class(teacher)
    await expect(teacher.get_by_test_id("report-timeline").locator("canvas")).to_be_visible()
    await expect(teacher.get_by_test_id("student-row").filter(has_text="Ada Okafor")).to_be_visible()
    await student.goto(f"{session}mine/")
    await expect(student.get_by_role("heading", name="Journey")).to_be_visible()
    assert complaints == [[], []]


async def student_is_in_class_without_consent(student: Page, session: str, tile: Locator) -> None:
    await student.goto(f"{session}attend/")
    await expect(student.get_by_test_id("connection")).to_have_attribute("data-state", "open")
    await expect(student.get_by_test_id("start-camera")).to_be_hidden()
    await expect(tile).to_have_attribute("data-state", "no_consent")


async def camera_shows_on_both_pages(teacher: Page, student: Page, session: str, tile: Locator) -> None:
    """The student's reading on their page; the tile, the mood of the class and the coverage on the teacher's."""
    await student.goto(f"{session}attend/")
    await student.get_by_test_id("start-camera").click()
    await expect(student.get_by_test_id("face-box")).to_be_visible()
    await expect(student.get_by_test_id("reading")).to_have_text(EXPRESSION)
    await expect(tile).to_have_attribute("data-state", "seen")
    await expect(teacher.get_by_test_id("coverage")).to_contain_text("1 of")
    await expect(teacher.get_by_test_id("mood-bar")).not_to_have_attribute("data-empty", "yes")


async def pause_releases_the_camera(student: Page, tile: Locator) -> None:
    await student.get_by_test_id("pause-camera").click()
    await expect(tile).to_have_attribute("data-state", "paused")
    await expect(student.locator("video")).to_have_js_property("srcObject", None)


async def test_camera_keeps_running_in_a_hidden_tab_until_the_class_ends(server, browser):
    teacher = await (await browser.new_context()).new_page()
    student = await (await browser.new_context()).new_page()
    await student.add_init_script(CAN_BE_HIDDEN)
    await people.sign_in(teacher, server, "teacher@demo.example")
    session = await people.start_class(teacher, "Hidden")
    await people.start_camera(student, server, session, "student2@demo.example")
    tile = teacher.get_by_test_id("tile").filter(has_text="Ben Haddad")
    await expect(tile).to_have_attribute("data-state", "seen")

    await student.evaluate("window.hideTab()")
    later = time.time() + HIDDEN_S
    readings = "SELECT count(*) FROM classroom_reading r JOIN classroom_classsession s ON s.id = r.session_id"
    since = f"{readings} WHERE s.topic = 'Hidden' AND unixepoch(r.captured_at) > {later}"
    await eventually(lambda: asyncio.to_thread(server.count, since), bool, patience_s=HIDDEN_S + 60)
    await expect(tile).to_have_attribute("data-state", "seen")

    await people.end_class(teacher)
    await expect(student.get_by_role("heading", name="The class has ended")).to_be_visible()
    await expect(student.locator("video")).to_have_js_property("srcObject", None)


async def test_missing_camera_is_explained(server, browser, browser_without_camera):
    teacher = await (await browser.new_context()).new_page()
    student = await (await browser_without_camera.new_context()).new_page()
    await people.sign_in(teacher, server, "teacher@demo.example")
    session = await people.start_class(teacher, "No camera")
    await people.start_camera(student, server, session, "student3@demo.example")
    await expect(student.get_by_test_id("notice")).to_contain_text("camera")
    await expect(teacher.get_by_test_id("tile").filter(has_text="Chen Wei")).to_have_attribute("data-state", "paused")
    await people.end_class(teacher)
