"""A class whose mood changes at a known moment: the live page shows it at once, and the report agrees."""

import asyncio
import re

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from classroom.models import ClassSession
from tests.browser import people
from tests.browser.accessibility import faults
from tests.server import running_server

pytestmark = pytest.mark.browser
TOLD_WITHIN_S = 15
# Five students: calm or happy, then four angry and one sad, then happy again.
SHOWS = "happy+neutral,angry+angry+sad@15,happy@40"
# When each part of the page first showed it, on a clock shared with the server.
NOTE_FIRSTS = """
window.firsts = {};
const share = (row) => parseInt(row.cells[10].textContent, 10);
const says = {
  sentence: () => /look troubled/.test(document.querySelector("[data-testid=class-sentence]").textContent),
  tile: () => document.querySelector(".tile[data-expression=angry]"),
  alert: () => document.querySelector("[data-testid=alert][data-kind=class_negative]"),
  timeline: () => [...document.querySelectorAll(".live .timeline tbody tr")].some((row) => share(row) > 50),
};
setInterval(() => {
  for (const name in says) if (!(name in firsts) && says[name]()) firsts[name] = Date.now() / 1000;
}, 100);
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory, demo, static_settings):
    """The demo with the snapshots of a new installation."""
    settings = {"SIMULATION_ALLOWED": "1", "SNAPSHOT_INTERVAL_MS": "1500", **static_settings}
    yield from running_server(tmp_path_factory.mktemp("glance"), demo, **settings)


@pytest_asyncio.fixture(loop_scope="session")
async def teacher(server, browser) -> Page:
    """A teacher whose alert about a negative student fires after ten seconds."""
    page = await (await browser.new_context()).new_page()
    await people.sign_in(page, server, "teacher@demo.example")
    await page.goto(f"{server.url}/courses/1/alerts/")
    await people.open_advanced_settings(page)
    rule = page.get_by_role("group", name="A student’s expressions stay negative")
    await rule.get_by_label("Must last (seconds)").fill("10")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Settings saved")).to_be_visible()
    await page.goto(server.url)
    return page


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_change_of_mood_appears_live_and_in_the_report(server, teacher):
    session = await people.start_class(teacher, "Glance")
    number = int(session.rstrip("/").rpartition("/")[2])
    options = ("--join-code", "STAT2345", "--keep", "--shows", SHOWS, "--students", "5", "--seconds", "120")
    simulation = asyncio.create_task(asyncio.to_thread(server.simulate, *options))
    await watch_the_class_turn(teacher)
    said = await teacher.evaluate("window.firsts")
    await people.end_class(teacher)  # and the simulation with it
    assert (await simulation)["errors"] == 0

    turned, returned, alerts = server.call(what_happened, number)
    told_after = {name: at - turned for name, at in said.items()}
    assert {name: after for name, after in told_after.items() if after > TOLD_WITHIN_S} == {}
    assert sorted(told_after) == ["alert", "sentence", "tile", "timeline"]

    [(_, fired, recovered)] = [alert for alert in alerts if alert[0] == "class_negative"]
    assert fired - turned <= TOLD_WITHIN_S
    assert recovered > returned
    about_students = [alert for alert in alerts if alert[0] == "student_negative"]
    assert len(about_students) >= 4
    assert max(fired - turned for _, fired, _ in about_students) <= TOLD_WITHIN_S + 5
    await the_report_has_it(teacher, fired)


def what_happened(number: int) -> tuple[float, float, list[tuple[str, float, float]]]:
    """Return when faces of the session turned angry and when they last were, and its alerts: kind, start and end. All
    times are in seconds since 1970."""
    session = ClassSession.objects.get(pk=number)
    angry = session.readings.filter(expression="angry").values_list("captured_at", flat=True).order_by("captured_at")
    alerts = session.alerts.order_by("fired_at")
    times = [(each.kind, each.fired_at.timestamp(), each.recovered_at.timestamp()) for each in alerts]
    return angry.first().timestamp(), angry.last().timestamp(), times


async def watch_the_class_turn(teacher: Page) -> None:
    sentence, panel = teacher.get_by_test_id("class-sentence"), teacher.get_by_test_id("alerts")
    await teacher.evaluate(NOTE_FIRSTS)
    await expect(teacher.locator("[data-live]")).to_have_attribute("data-ready", "yes")
    await teacher.get_by_role("button", name="Timeline", exact=True).click()
    await teacher.get_by_text("Show as table").first.click()
    await expect(sentence).to_have_text(re.compile("^Most faces look (calm|happy|calm or happy)"), timeout=90_000)
    await expect(sentence).to_have_text(
        re.compile(r"^Most faces look troubled: \d of \d, since \d\d:\d\d\."), timeout=90_000
    )
    alert = panel.locator("[data-kind=class_negative]")
    await expect(alert).to_have_attribute("data-open", "yes")
    await expect(teacher.locator(".tile[data-alert=noted]").first).to_be_visible()
    await a_tile_opens_the_students_timeline(teacher)
    await expect(alert).to_have_attribute("data-open", "no", timeout=120_000)
    await expect(alert).to_have_count(1)
    await expect(sentence).to_have_text(re.compile("^Most faces look happy"))


async def a_tile_opens_the_students_timeline(teacher: Page) -> None:
    opener = teacher.locator(".tile[data-alert=noted] .tile__open").first
    name = await opener.text_content() or ""
    await opener.press("Enter")
    panel = teacher.get_by_test_id("student-panel")
    await expect(panel.get_by_role("heading", name=name)).to_be_visible()
    await expect(panel.get_by_test_id("student-timeline").locator("canvas")).to_be_visible()
    await expect(panel.get_by_text(re.compile(r"Looks .+ in \d+ of \d+ readings over \d+ s"))).to_be_visible()
    assert await faults(teacher) == []
    await teacher.keyboard.press("Escape")
    await expect(teacher.get_by_role("button", name=name, exact=True)).to_be_focused()


async def the_report_has_it(teacher: Page, fired: float) -> None:
    row = teacher.get_by_test_id("alert-row").filter(has_text="readable faces look mostly")
    await expect(row).to_have_count(1)
    stamp = await row.locator("th time").get_attribute("datetime")
    assert await teacher.evaluate("text => Date.parse(text) / 1000", stamp) == int(fired)
