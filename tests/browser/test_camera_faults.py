"""Cameras that give nothing, or nothing new: the page says so, and does not record an old picture as a new one."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from tests.browser import people
from tests.browser.faulty_cameras import CANVAS_CAMERA, FIRST_BUSY, NO_GRAB_FRAME, ONLY_CAPTURE

pytestmark = pytest.mark.browser
# Snapshots that were taken before the camera froze may be received this much later on a busy machine.
ON_THE_WAY = timedelta(seconds=3)
SEVERAL_SNAPSHOTS_MS = 5_000
# Other classes on the server may have readings in the future.
READINGS = "SELECT count(*) FROM classroom_reading r JOIN classroom_classsession s ON s.id = r.session_id"


async def open_class(server, browser, topic: str, script: str):
    """A teacher's page of a new class, and the page of a student who has started a camera that `script` provides."""
    teacher, student = [await (await browser.new_context()).new_page() for _ in range(2)]
    await student.add_init_script(script)
    await people.sign_in(teacher, server, "teacher@demo.example")
    session = await people.start_class(teacher, topic)
    await people.start_camera(student, server, session, "student2@demo.example")
    return teacher, student


@pytest.mark.parametrize("ways", ["", ONLY_CAPTURE, NO_GRAB_FRAME], ids=["processor", "capture", "video"])
async def test_frozen_camera_is_named_and_nothing_old_is_recorded(server, browser, ways):
    teacher, student = await open_class(server, browser, "Frozen", ways + CANVAS_CAMERA)
    tile = teacher.get_by_test_id("tile").filter(has_text="Ben Haddad")
    await expect(tile).to_have_attribute("data-state", "seen")
    await expect(student.get_by_test_id("notice")).to_have_text("")

    await student.evaluate("window.fault = 'freeze'")
    frozen_at = datetime.now(UTC)
    await expect(student.get_by_test_id("notice")).to_contain_text("has stopped moving")
    await expect(student.get_by_test_id("reading")).to_contain_text("no camera picture")
    await expect(tile).to_have_attribute("data-state", "paused")
    await student.wait_for_timeout(SEVERAL_SNAPSHOTS_MS)
    late = (frozen_at + ON_THE_WAY).timestamp()
    assert server.count(f"{READINGS} WHERE topic = 'Frozen' AND unixepoch(captured_at) > {late}") == 0

    await student.evaluate("window.fault = null")
    await expect(student.get_by_test_id("face-box")).to_be_visible()
    await expect(student.get_by_test_id("notice")).to_have_text("")
    await expect(tile).to_have_attribute("data-state", "seen")
    await people.end_class(teacher)


async def test_black_picture_and_muted_camera_are_named(server, browser):
    teacher, student = await open_class(server, browser, "Black", CANVAS_CAMERA)
    tile = teacher.get_by_test_id("tile").filter(has_text="Ben Haddad")
    await expect(tile).to_have_attribute("data-state", "seen")
    for fault, mended, text in [
        ("window.fault = 'black'", "window.fault = null", "only a plain colour"),
        ("window.mute(true)", "window.mute(false)", "your device has paused it"),
    ]:
        await student.evaluate(fault)
        await expect(student.get_by_test_id("notice")).to_contain_text(text)
        await expect(student.get_by_text("Move into view")).to_have_count(0)
        await expect(tile).to_have_attribute("data-state", "paused")
        await student.evaluate(mended)
        await expect(tile).to_have_attribute("data-state", "seen")
        await expect(student.get_by_test_id("notice")).to_have_text("")
    await people.end_class(teacher)


async def test_another_camera_is_offered_where_the_first_is_busy(server, browser):
    teacher, student = await open_class(server, browser, "Busy", FIRST_BUSY)
    notice = student.get_by_test_id("notice")
    await expect(notice).to_contain_text("Another app is using this camera")
    await expect(notice.get_by_role("link")).to_have_attribute("href", "/help/camera/")
    await expect(student.get_by_label("Camera", exact=True)).to_be_visible()
    await student.get_by_role("button", name="Use “cam-b” instead").click()
    await expect(student.get_by_test_id("face-box")).to_be_visible()
    await expect(student.get_by_label("Camera", exact=True)).to_have_value("cam-b")
    await expect(notice).to_have_text("")
    await people.end_class(teacher)


async def test_camera_is_tested_before_anything_is_sent(server, browser):
    teacher, student = [await (await browser.new_context()).new_page() for _ in range(2)]
    await people.sign_in(teacher, server, "teacher@demo.example")
    session = await people.start_class(teacher, "Test")
    await people.sign_in(student, server, "student2@demo.example")
    await people.give_consent(student, server)
    await student.goto(f"{session}attend/")
    tile = teacher.get_by_test_id("tile").filter(has_text="Ben Haddad")
    await expect(tile).to_have_attribute("data-state", "paused")

    await student.get_by_test_id("test-camera").click()
    await expect(student.get_by_text("only you see this")).to_be_visible()
    await expect(student.get_by_test_id("reading")).to_contain_text("you are testing your camera")
    await student.wait_for_timeout(3_000)
    await expect(tile).to_have_attribute("data-state", "paused", timeout=1_000)
    await student.get_by_test_id("stop-test").click()
    await expect(student.locator("video")).to_have_js_property("srcObject", None)

    await student.get_by_test_id("test-camera").click()
    await expect(student.get_by_text("only you see this")).to_be_visible()
    await student.get_by_test_id("start-camera").click()
    await expect(student.get_by_test_id("face-box")).to_be_visible()
    await expect(student.get_by_text("only you see this")).to_be_hidden()
    await expect(tile).to_have_attribute("data-state", "seen")
    await people.end_class(teacher)
