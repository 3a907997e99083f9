"""The tiles of a large class: order, keyboard, and which tiles an update touches.

The tests feed server messages into the page's own socket.
"""

import asyncio
import re

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from tests.browser import people
from tests.browser.accessibility import faults
from tests.browser.courses import create_course
from tests.browser.fed_class import FEED, fed_class

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
STUDENTS = 300
ALERT = """
(place) => {
  const { id: student, name } = [...window.state.students].sort((a, b) => a.name.localeCompare(b.name))[place];
  const moments = { since: 1, fired_at: 2, recovering_at: null, recovered_at: null, acknowledged_at: null };
  const values = { id: 1, kind: "student_away", reason: "Away.", explains: [], acknowledged_by: null };
  const alert = { ...values, student, name, ...moments };
  window.receive({ type: "alerts", alerts: [alert] });
}
"""
# The students whose tile is hidden when it gets the focus, from the first to the last and back.
HIDDEN_ON_FOCUS = """
() => {
  const names = [...document.querySelectorAll(".tile__open")];
  const isHidden = (name) => {
    name.focus();
    const { left, top, width, height } = name.closest(".tile").getBoundingClientRect();
    const parts = [0.1, 0.5, 0.9].map((part) => document.elementFromPoint(left + width / 2, top + part * height));
    return !parts.some((element) => name.closest(".tile").contains(element));
  };
  return [...names, ...names.toReversed()].filter(isHidden).map((name) => name.textContent);
}
"""
SEEN = {"state": "seen", "expression": "sad", "confidence": 0.8}


@pytest.fixture(scope="module")
def _large_course(server) -> None:
    names = [f"Student {number:03d}" for number in range(STUDENTS)]
    server.call(create_course, "Large", "LARGEONE", names)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def live(server, _large_course, browser_of_the_file) -> Page:
    async with fed_class(server, browser_of_the_file, "Seats", course="Large") as page:
        yield page


@pytest_asyncio.fixture(loop_scope="session")
async def teacher(live: Page) -> Page:
    """The teacher on the live page of a course of STUDENTS."""
    await people.open_again(live)
    return live


async def first_names(page: Page, count: int) -> list[str]:
    return await page.locator(".tile:not([hidden]) .tile__open").evaluate_all(
        "(all, count) => all.slice(0, count).map((each) => each.textContent)", count
    )


async def reorder(page: Page) -> None:
    """Sort the tiles, as the page does every ten seconds."""
    for choice in ("name", "need"):
        await page.get_by_label("Sort by").select_option(choice)


async def test_students_who_need_attention_come_first(teacher):
    changes = {
        200: {"hand_since": 1.0},
        201: {"says": {"answer": "lost", "at": 1.0}},
        202: {"says": {"answer": "too_fast", "at": 1.0}},
        203: {**SEEN, "trend": [-0.8]},
        204: {"state": "no_face"},
        205: {**SEEN, "expression": "happy", "trend": [0.8]},
        206: {"says": {"answer": "all_good", "at": 1.0}},
    }
    await teacher.evaluate(FEED, changes | {250: {}})
    await teacher.evaluate(ALERT, 250)
    await reorder(teacher)
    wanted = [250, 200, 201, 202, 203, 204, 205, 206]
    assert await first_names(teacher, 8) == [f"Student {place}" for place in wanted]
    assert (await first_names(teacher, STUDENTS))[8:11] == ["Student 000", "Student 001", "Student 002"]


async def test_update_touches_only_changed_tiles(teacher):
    await teacher.evaluate(
        """() => {
          window.touched = new Set();
          const note = (records) => records.forEach(({ target }) => {
            const tile = (target.nodeType === 1 ? target : target.parentElement).closest(".tile");
            if (tile) window.touched.add(tile.querySelector(".tile__open").textContent);
          });
          const all = { subtree: true, childList: true, attributes: true, characterData: true };
          new MutationObserver(note).observe(document.querySelector(".tiles"), all);
        }"""
    )
    await teacher.evaluate(FEED, {7: SEEN, 8: SEEN})
    await expect(teacher.locator(".tile[data-expression=sad]")).to_have_count(2)
    assert sorted(await teacher.evaluate("[...window.touched]")) == ["Student 007", "Student 008"]


async def test_fetched_state_that_arrives_late_keeps_newer_tiles(teacher):
    has_been_built, may_arrive = asyncio.Event(), asyncio.Event()

    async def delay(route: Route) -> None:
        response = await route.fetch()
        state = await response.json()
        for tile in state["students"]:
            if tile["name"] == "Student 020":
                tile |= {"state": "left", "updated": tile["updated"] + 1}
        has_been_built.set()
        await may_arrive.wait()
        await route.fulfill(response=response, json=state)

    tile = teacher.locator(".tile")
    await teacher.evaluate(FEED, {21: {**SEEN, "updated": 0}})
    await teacher.route(re.compile(r"/api/sessions/\d+/live/$"), delay)
    await teacher.evaluate("window.receive({ type: 'resync' })")
    await has_been_built.wait()
    # This tile ages: it has no newer reading.
    await teacher.evaluate(FEED, {21: {"state": "waiting", "updated": 0}})
    may_arrive.set()
    await expect(tile.filter(has_text="Student 020")).to_have_attribute("data-state", "left")
    await expect(tile.filter(has_text="Student 021")).to_have_attribute("data-state", "waiting")


async def test_tiles_are_one_tab_stop_with_arrow_keys(teacher):
    await teacher.get_by_label("Sort by").select_option("name")
    await teacher.get_by_label("Sort by").press("Tab")
    focused = teacher.locator(".tile__open:focus")
    await expect(focused).to_have_text("Student 000")
    for key, name in [
        ("ArrowRight", "001"),
        ("End", "299"),
        ("ArrowRight", "299"),
        ("Home", "000"),
        ("ArrowLeft", "000"),
    ]:
        await teacher.keyboard.press(key)
        await expect(focused).to_have_text(f"Student {name}")
    await teacher.keyboard.press("ArrowDown")
    await teacher.keyboard.press("ArrowUp")
    await expect(focused).to_have_text("Student 000")
    await teacher.keyboard.press("Enter")
    panel = teacher.get_by_test_id("student-panel")
    await expect(panel.get_by_text("Has not joined this class.")).to_be_visible()
    await teacher.keyboard.press("Escape")
    await expect(focused).to_have_text("Student 000")
    assert await teacher.locator('.tile__open[tabindex="0"]').count() == 1
    await teacher.evaluate("document.activeElement.blur()")
    assert await faults(teacher) == []


async def test_students_of_a_large_class_are_small_seats_named_on_focus_and_hover(teacher):
    seats = teacher.get_by_test_id("tile")
    await teacher.evaluate(FEED, {7: SEEN} | {place: {} for place in range(STUDENTS) if place != 7})
    assert await teacher.locator("[data-part=grid]").get_attribute("data-density") == "map"
    sizes = await seats.evaluate_all("all => all.map(each => [each.offsetWidth, each.offsetHeight])")
    assert max(max(size) for size in sizes) <= 48
    assert min(min(size) for size in sizes) >= 24
    bottoms = await seats.evaluate_all("all => all.map(each => each.getBoundingClientRect().bottom)")
    assert sum(bottom <= 900 for bottom in bottoms) >= 250
    hint = teacher.locator("[data-part=seat-hint]")
    await teacher.get_by_role("button", name="Student 007").focus()
    await expect(hint).to_have_text("Student 007 · Sad")
    await teacher.keyboard.press("ArrowRight")
    await expect(hint).to_have_text("Student 008 · In class")
    await teacher.keyboard.press("Escape")
    await expect(hint).to_be_hidden()
    await seats.nth(100).hover()
    await expect(hint).to_have_text("Student 100 · In class")
    await teacher.get_by_label("Find a student").hover()
    await expect(hint).to_be_hidden()
    assert await faults(teacher) == []


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1100, 420)])
async def test_tile_with_the_focus_is_never_behind_the_timeline(teacher, width, height):
    await teacher.set_viewport_size({"width": width, "height": height})
    assert await teacher.evaluate(HIDDEN_ON_FOCUS) == []
    toggle = teacher.get_by_role("button", name="Timeline", exact=True)
    await toggle.click()
    await expect(teacher.get_by_test_id("timeline-strip")).to_have_attribute("data-open", "yes")
    await expect(toggle).to_be_in_viewport()
    assert await teacher.evaluate(HIDDEN_ON_FOCUS) == []
    await teacher.set_viewport_size({"width": 1440, "height": 900})


async def test_large_view_enlarges_text_and_persists(teacher):
    size = "parseFloat(getComputedStyle(document.querySelector('.sentence')).fontSize)"
    before = await teacher.evaluate(size)
    await teacher.get_by_role("button", name="Large view").click()
    await expect(teacher.get_by_role("button", name="Large view")).to_have_attribute("aria-pressed", "true")
    assert await teacher.evaluate(size) > 1.3 * before
    await teacher.reload()
    await expect(teacher.get_by_role("button", name="Large view")).to_have_attribute("aria-pressed", "true")
