"""Alerts in a real browser: configured by the teacher, fired by a camera without a face, acknowledged, previewed."""

import re

import pytest
from playwright.async_api import expect

from tests.browser import people
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser


async def test_alert_from_settings_to_preview(server, browser_without_face):
    teacher = await (await browser_without_face.new_context()).new_page()
    student = await (await browser_without_face.new_context()).new_page()
    complaints = people.complaints_of(teacher)

    # The teacher shortens the time an alert must last.
    await people.sign_in(teacher, server, "teacher@demo.example")
    await teacher.get_by_role("link", name="Introduction to Statistics").first.click()
    await teacher.get_by_role("link", name="Alert settings").click()
    await people.open_advanced_settings(teacher)
    away = teacher.get_by_role("group", name="A student's face is out of view for a while")
    await away.get_by_label("Must last (seconds)").fill("10")
    await teacher.get_by_role("button", name="Save").click()
    await expect(teacher.get_by_text("Settings saved")).to_be_visible()
    await teacher.goto(server.url)

    # Without alerts the panel says so.
    session = await people.start_class(teacher, "Alerts")
    panel = teacher.get_by_test_id("alerts")
    await expect(panel.get_by_text("None so far.")).to_be_visible()

    # A camera without a face: one alert, announced once, and a mark on the tile.
    await people.start_camera(student, server, session, "student3@demo.example")
    alert = panel.get_by_test_id("alert")
    await expect(alert).to_have_count(1)
    await expect(alert).to_contain_text("Chen Wei")
    await expect(alert).to_contain_text(re.compile(r"no face for \d+ s \(\d+ of \d+ readings\)"))
    await expect(teacher.get_by_test_id("alerts-announcer")).to_have_text(re.compile("^Alert. Chen Wei: Camera on"))
    tile = teacher.get_by_test_id("tile").filter(has_text="Chen Wei")
    await expect(tile).to_have_attribute("data-alert", "new")

    # The teacher acknowledges it.
    await panel.get_by_role("button", name="Got it about Chen Wei").click()
    await expect(alert.get_by_text("Noted")).to_be_visible()
    await expect(alert).to_be_focused()
    await expect(tile).to_have_attribute("data-alert", "noted")

    # It stays acknowledged after a reload, and is not announced again.
    assert await violations(teacher, server, f"{session}live/".removeprefix(server.url)) == []
    await expect(alert.get_by_text("Noted")).to_be_visible()
    await expect(teacher.get_by_test_id("alerts-announcer")).to_be_empty()

    # After class, each choice is tried on it at once, and is not saved.
    await people.end_class(teacher)
    await teacher.goto(f"{server.url}/courses/1/alerts/")
    preview = teacher.get_by_test_id("preview")
    await expect(teacher.get_by_role("radio", name="Custom")).to_be_checked()
    await away.get_by_label("Must last (seconds)").fill("3600")
    await expect(preview).to_contain_text("0 alerts instead of 1 in “Alerts”.")
    await away.get_by_label("Must last (seconds)").fill("10")
    await expect(preview).to_contain_text("1 alert in “Alerts”, as with the saved settings.")
    await preview.get_by_text("Show the alerts").click()
    await expect(preview.get_by_role("listitem")).to_contain_text("Chen Wei")
    await away.get_by_label("Must last (seconds)").fill("5")
    await expect(preview).to_contain_text("Correct the numbers to see a preview.")

    # A preset fills in its numbers.
    await teacher.get_by_role("radio", name="Quiet").check()
    await expect(away.get_by_label("Must last (seconds)")).to_have_value("180")
    await expect(preview).to_contain_text(re.compile(r"Quiet \d+ · Normal \d+ · Sensitive \d+"))
    await teacher.get_by_role("button", name="Save").click()
    await expect(teacher.get_by_text("Settings saved")).to_be_visible()
    await expect(teacher.get_by_role("radio", name="Quiet")).to_be_checked()
    assert complaints == []
