"""The main user journey in a real browser, from sign-in to the report."""

import re

import pytest
from playwright.async_api import expect

from tests.browser import people

pytestmark = pytest.mark.browser
EXPRESSION = re.compile("angry|disgust|fear|happy|neutral|sad|surprise|uncertain|cannot tell", re.IGNORECASE)


async def test_class_from_sign_in_to_report(server, browser):
    teacher = await (await browser.new_context()).new_page()
    student = await (await browser.new_context()).new_page()
    complaints = [people.complaints_of(page) for page in (teacher, student)]

    # The teacher starts a class and sees it empty.
    await people.sign_in_by_form(teacher, server, "teacher@demo.example")
    session = await people.start_class(teacher, "Journey")
    await expect(teacher.get_by_test_id("connection")).to_have_attribute("data-state", "open")
    mine = teacher.get_by_test_id("tile").filter(has_text="Ada Okafor")
    await expect(mine).to_have_attribute("data-state", "absent")

    # The student joins without consent: in class, without camera controls.
    await people.sign_in_by_form(student, server, "student1@demo.example")
    await student.goto(f"{session}attend/")
    await expect(student.get_by_test_id("connection")).to_have_attribute("data-state", "open")
    await expect(student.get_by_test_id("start-camera")).to_be_hidden()
    await expect(mine).to_have_attribute("data-state", "no_consent")

    # After consent the camera starts, and the student sees their own reading.
    await people.give_consent(student, server)
    await student.goto(f"{session}attend/")
    await student.get_by_test_id("start-camera").click()
    await expect(student.get_by_test_id("face-box")).to_be_visible()
    await expect(student.get_by_test_id("reading")).to_have_text(EXPRESSION)

    # The teacher sees the tile, the mood of the class and the coverage.
    await expect(mine).to_have_attribute("data-state", "seen")
    await expect(teacher.get_by_test_id("coverage")).to_contain_text("1 of")
    await expect(teacher.get_by_test_id("mood-bar")).not_to_have_attribute("data-empty", "yes")

    # Pausing shows on both pages and releases the camera.
    await student.get_by_test_id("pause-camera").click()
    await expect(mine).to_have_attribute("data-state", "paused")
    await expect(student.locator("video")).to_have_js_property("srcObject", None)

    await student.get_by_test_id("start-camera").click()
    await expect(mine).to_have_attribute("data-state", "seen")
    await student.get_by_test_id("leave-class").click()
    await expect(mine).to_have_attribute("data-state", "left")

    # After class, both have a report.
    await people.end_class(teacher)
    await expect(teacher.get_by_test_id("report-timeline")).to_be_visible()
    await expect(teacher.get_by_test_id("student-row").filter(has_text="Ada Okafor")).to_be_visible()
    await student.goto(f"{session}mine/")
    await expect(student.get_by_role("heading", name="Journey")).to_be_visible()
    assert complaints == [[], []]


async def test_camera_keeps_running_in_a_hidden_tab(server, browser):
    teacher = await (await browser.new_context()).new_page()
    context = await browser.new_context()
    student = await context.new_page()
    await people.sign_in(teacher, server, "teacher@demo.example")
    session = await people.start_class(teacher, "Hidden")
    await people.start_camera(student, server, session, "student2@demo.example")
    tile = teacher.get_by_test_id("tile").filter(has_text="Ben Haddad")
    await expect(tile).to_have_attribute("data-state", "seen")

    call = await context.new_page()
    await call.goto(f"{server.url}/privacy/")
    await call.bring_to_front()
    for _ in range(3):
        await teacher.wait_for_timeout(6_000)  # longer than a tile shows an old reading
        await expect(tile).to_have_attribute("data-state", "seen", timeout=1_000)
    await people.end_class(teacher)


async def test_camera_stops_when_the_class_ends(server, browser):
    teacher = await (await browser.new_context()).new_page()
    student = await (await browser.new_context()).new_page()
    await people.sign_in(teacher, server, "teacher@demo.example")
    session = await people.start_class(teacher, "Ends")
    await people.start_camera(student, server, session, "student2@demo.example")
    await expect(student.get_by_test_id("face-box")).to_be_visible()
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
