"""Alerts in a real browser: configured by the teacher, fired by a camera without a face, acknowledged, previewed."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser import people
from tests.browser.accessibility import violations

pytestmark = pytest.mark.browser


async def test_alert_from_settings_to_preview(server, browser_without_face):
    teacher = await (await browser_without_face.new_context()).new_page()
    student = await (await browser_without_face.new_context()).new_page()
    complaints = people.complaints_of(teacher)
    await people.sign_in(teacher, server, "teacher@demo.example")
    await shorten_the_wait(teacher, server)
    session = await people.start_class(teacher, "Alerts")
    await expect(teacher.get_by_test_id("alerts").get_by_text("None so far.")).to_be_visible()
    await people.start_camera(student, server, session, "student3@demo.example")
    await alert_is_announced_and_marked(teacher)
    await teacher_acknowledges_it(teacher)

    # It stays acknowledged after a reload, and is not announced again.
    assert await violations(teacher, server, f"{session}live/".removeprefix(server.url)) == []
    await expect(teacher.get_by_test_id("alert").get_by_text("Noted")).to_be_visible()
    await expect(teacher.get_by_test_id("alerts-announcer")).to_be_empty()
    await people.end_class(teacher)
    await teacher.goto(f"{server.url}/courses/1/alerts/")
    await preview_replays_each_choice(teacher)
    await preset_fills_in_its_numbers(teacher)
    assert complaints == []


def away_rule(teacher: Page) -> Locator:
    return teacher.get_by_role("group", name="A student’s face is out of view for a while")


def chens_tile(teacher: Page) -> Locator:
    return teacher.get_by_test_id("tile").filter(has_text="Chen Wei")


async def shorten_the_wait(teacher: Page, server) -> None:
    """Save that a face needs to be out of view for only ten seconds, and return to the start page."""
    await teacher.get_by_role("link", name="Introduction to Statistics").first.click()
    await teacher.get_by_role("link", name="Alert settings").click()
    await people.open_advanced_settings(teacher)
    await away_rule(teacher).get_by_label("Must last (seconds)").fill("10")
    await teacher.get_by_role("button", name="Save").click()
    await expect(teacher.get_by_text("Settings saved")).to_be_visible()
    await teacher.goto(server.url)


async def alert_is_announced_and_marked(teacher: Page) -> None:
    """A camera without a face: one alert, announced once, and a mark on the tile."""
    alert = teacher.get_by_test_id("alert")
    await expect(alert).to_have_count(1)
    await expect(alert).to_contain_text("Chen Wei")
    await expect(alert).to_contain_text(re.compile(r"no face in \d+ of \d+ readings over \d+ s"))
    await expect(teacher.get_by_test_id("alerts-announcer")).to_have_text(re.compile("^Alert. Chen Wei: Camera on"))
    await expect(chens_tile(teacher)).to_have_attribute("data-alert", "new")


async def teacher_acknowledges_it(teacher: Page) -> None:
    alert = teacher.get_by_test_id("alert")
    await teacher.get_by_test_id("alerts").get_by_role("button", name="Got it about Chen Wei").click()
    await expect(alert.get_by_text("Noted")).to_be_visible()
    await expect(alert).to_be_focused()
    await expect(chens_tile(teacher)).to_have_attribute("data-alert", "noted")


async def preview_replays_each_choice(teacher: Page) -> None:
    """Each choice is tried on the last class at once, and is not saved."""
    preview, hold = teacher.get_by_test_id("preview"), away_rule(teacher).get_by_label("Must last (seconds)")
    await expect(teacher.get_by_role("radio", name="Custom")).to_be_checked()
    await hold.fill("3600")
    await expect(preview).to_contain_text("0 alerts instead of 1 in “Alerts”.")
    await hold.fill("10")
    await expect(preview).to_contain_text("1 alert in “Alerts”, as with the saved settings.")
    await preview.get_by_text("Show the alerts").click()
    await expect(preview.get_by_role("listitem")).to_contain_text("Chen Wei")
    await hold.fill("5")
    await expect(preview).to_contain_text("Correct the numbers to see a preview.")


async def preset_fills_in_its_numbers(teacher: Page) -> None:
    await teacher.get_by_role("radio", name="Quiet").check()
    await expect(away_rule(teacher).get_by_label("Must last (seconds)")).to_have_value("180")
    counts = re.compile(r"Quiet \d+ · Normal \d+ · Sensitive \d+")
    await expect(teacher.get_by_test_id("preview")).to_contain_text(counts)
    await teacher.get_by_role("button", name="Save").click()
    await expect(teacher.get_by_text("Settings saved")).to_be_visible()
    await expect(teacher.get_by_role("radio", name="Quiet")).to_be_checked()
