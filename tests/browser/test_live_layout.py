"""The live page's layout: what is in view, the side sheet, the board, and how students join.

The tests feed server messages into the page's own socket.
"""

import re

import cv2
import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser import people
from tests.browser.accessibility import faults
from tests.browser.courses import create_course
from tests.browser.fed_class import FEED, fed_class

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
STUDENTS = 30
LAPTOP = {"width": 1366, "height": 768}
LOW_LAPTOP = {"width": 1366, "height": 620}
PHONE = {"width": 390, "height": 844}
# Alerts about all students and the class; a hand of each; an answer of each, for which the class was asked.
FLOOD = """
() => {
  const { students, mood, voice, sentence } = window.state;
  const moments = { since: 1, fired_at: 2, recovering_at: null, recovered_at: null, acknowledged_at: null };
  const values = { kind: "student_away", reason: "No face in 24 of 25 readings.", explains: [], acknowledged_by: null };
  const alerts = students.map(({ id: student, name }) => ({ id: student, student, name, ...values, ...moments }));
  window.receive({ type: "alerts", alerts });
  const hands = students.map(({ id, name }) => ({ id, name, since: 1 }));
  const tiles = students.map((tile) => ({ ...tile, state: "in_class", hand_since: 1, says: { answer: "lost", at: 1 },
    updated: 1e10, heard: 1e10 }));
  const asked = { at: 1763800000, answered: 30 };
  const all = { ...voice, said: 30, present: 30, answers: { ...voice.answers, lost: 30 }, hands, asked };
  const rest = { windows: [], answers: [], mood, voice: all, sentence };
  window.receive({ type: "update", number: 2000, students: tiles, ...rest });
}
"""
REFUSE_FULL_SCREEN = "() => { Element.prototype.requestFullscreen = () => Promise.reject(new TypeError()); }"
BOTTOMS = "all => all.map(each => each.getBoundingClientRect().bottom)"
TOPS = "all => all.map(each => each.getBoundingClientRect().top)"
OVERHANG = "document.documentElement.scrollHeight - document.querySelector('.site-footer').offsetTop"


@pytest.fixture(scope="module")
def _course_of_thirty(server) -> None:
    names = [f"Christina Lindqvist {number:02d}" for number in range(STUDENTS)]
    server.call(create_course, "Thirty", "SEATS234", names)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def live(server, _course_of_thirty, browser_of_the_file) -> Page:
    async with fed_class(server, browser_of_the_file, "Layout", course="Thirty", viewport=LAPTOP) as page:
        yield page


@pytest_asyncio.fixture(loop_scope="session")
async def teacher(live: Page) -> Page:
    """The teacher on the live page of a class of STUDENTS that nobody has joined."""
    await live.set_viewport_size(LAPTOP)
    await people.open_again(live)
    return live


async def all_join(page: Page) -> None:
    await page.evaluate(FEED, {place: {} for place in range(STUDENTS)})
    await expect(page.get_by_test_id("join-card")).to_be_hidden()


async def test_join_card_shows_code_link_and_qr_until_somebody_joins(server, teacher):
    card = teacher.get_by_test_id("join-card")
    link = f"{server.url}/courses/join/?code=SEATS234"
    await expect(card.get_by_test_id("join-code")).to_have_text("SEATS234")
    await expect(card.get_by_test_id("join-link")).to_have_attribute("href", link)
    picture = cv2.imdecode(np.frombuffer(await card.locator(".qr").screenshot(), np.uint8), cv2.IMREAD_COLOR)
    assert cv2.QRCodeDetector().detectAndDecode(picture)[0] == link
    await teacher.evaluate(FEED, {0: {}})
    await expect(card).to_be_hidden()
    await teacher.get_by_role("button", name="Join code").click()
    dialog = teacher.get_by_role("dialog", name="Join this class")
    await expect(dialog.get_by_test_id("join-code")).to_have_text("SEATS234")
    await teacher.keyboard.press("Escape")
    await expect(teacher.get_by_role("button", name="Join code")).to_be_focused()


@pytest.mark.parametrize("viewport", [LAPTOP, LOW_LAPTOP], ids=["768 px", "620 px"])
async def test_class_alerts_hands_and_twelve_students_are_in_view_on_a_laptop(teacher, viewport):
    await teacher.set_viewport_size(viewport)
    await all_join(teacher)
    await teacher.evaluate(FLOOD)
    await expect(teacher.get_by_test_id("hand-up")).to_have_count(STUDENTS)
    strip = await teacher.get_by_test_id("timeline-strip").bounding_box()
    tiles = await teacher.get_by_test_id("tile").evaluate_all(BOTTOMS)
    assert max(tiles[:12]) <= strip["y"] < viewport["height"]
    shown = [
        teacher.get_by_test_id("class-sentence"),
        teacher.get_by_test_id("coverage"),
        teacher.get_by_test_id("hand-up").first,
        teacher.get_by_test_id("alert").first,
    ]
    assert max([(await each.evaluate_all(BOTTOMS))[0] for each in shown]) <= viewport["height"]
    assert await teacher.evaluate(OVERHANG) < 150
    assert await faults(teacher) == []


async def test_sentence_alerts_and_first_students_are_in_view_on_a_phone(teacher):
    await teacher.set_viewport_size(PHONE)
    await all_join(teacher)
    await teacher.evaluate(FLOOD)
    await expect(teacher.get_by_test_id("hand-up")).to_have_count(STUDENTS)
    tiles = await teacher.get_by_test_id("tile").evaluate_all(BOTTOMS)
    assert max(tiles[:2]) <= PHONE["height"]
    for each in ("class-sentence", "alerts"):
        assert (await teacher.get_by_test_id(each).evaluate_all(BOTTOMS))[0] <= PHONE["height"]
    assert await teacher.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert await teacher.evaluate(OVERHANG) < 200
    assert await faults(teacher) == []


@pytest.mark.parametrize("viewport", [LAPTOP, LOW_LAPTOP, PHONE], ids=["laptop", "low laptop", "phone"])
async def test_nothing_moves_when_alerts_hands_and_answers_come(teacher, viewport):
    await teacher.set_viewport_size(viewport)
    await all_join(teacher)
    places = teacher.locator(".tile, .now, .feedback, .alerts, .strip, .sentence")
    before = await places.evaluate_all(TOPS)
    await teacher.evaluate(FLOOD)
    await expect(teacher.get_by_test_id("hand-up")).to_have_count(STUDENTS)
    await expect(teacher.get_by_test_id("asked")).to_have_text(re.compile("30 of 30 have answered since"))
    assert await places.evaluate_all(TOPS) == before


async def test_long_names_take_two_lines_instead_of_being_cut(teacher):
    await all_join(teacher)
    overflow = "all => all.filter(each => each.scrollHeight > each.clientHeight + 1).length"
    names = teacher.locator(".tile__open")
    assert await names.evaluate_all(overflow) == 0
    line = await names.first.evaluate("each => parseFloat(getComputedStyle(each).lineHeight)")
    assert 1.9 * line < await names.first.evaluate("each => each.clientHeight") < 2.1 * line


async def test_side_sheet_opens_and_closes_by_keyboard_beside_the_class(teacher):
    await all_join(teacher)
    sheet = teacher.get_by_test_id("student-panel")
    opener = teacher.locator(".tile__open").first
    await opener.press("Enter")
    await expect(sheet.get_by_role("heading", name="Christina Lindqvist 00")).to_be_focused()
    assert not await sheet.evaluate("each => each.matches(':modal')")
    assert await faults(teacher) == []
    # The class stays usable: another student replaces the first.
    await teacher.locator(".tile__open").nth(1).click()
    await expect(sheet.get_by_role("heading", name="Christina Lindqvist 01")).to_be_focused()
    await teacher.keyboard.press("Escape")
    await expect(sheet).to_be_hidden()
    await expect(teacher.locator(".tile__open").nth(1)).to_be_focused()


async def test_timeline_is_small_until_opened(teacher):
    await all_join(teacher)
    toggle = teacher.get_by_role("button", name="Timeline", exact=True)
    table = teacher.get_by_test_id("timeline-strip").get_by_text("Show as table")
    await expect(table).to_be_hidden()
    await toggle.press("Enter")
    await expect(toggle).to_have_attribute("aria-expanded", "true")
    await expect(table).to_be_visible()
    await toggle.press("Enter")
    await expect(table).to_be_hidden()


async def test_board_shows_the_class_alone_and_escape_leaves_it(teacher):
    await all_join(teacher)
    await teacher.evaluate(FLOOD)
    await teacher.get_by_role("button", name="Summary view", exact=True).click()
    leave = teacher.get_by_role("button", name="Exit summary view")
    await expect(leave).to_be_focused()
    for shown in ("class-sentence", "mood-bar", "alerts", "connection"):
        await expect(teacher.get_by_test_id(shown)).to_be_visible()
    await expect(teacher.get_by_test_id("hand-up").first).to_be_visible()
    await expect(teacher.get_by_test_id("tile").first).to_be_hidden()
    assert await faults(teacher) == []
    await teacher.keyboard.press("Escape")
    await expect(teacher.get_by_test_id("tile").first).to_be_visible()
    await expect(teacher.get_by_role("button", name="Summary view", exact=True)).to_be_focused()


async def test_board_fills_the_window_where_full_screen_is_refused(teacher):
    await teacher.evaluate(REFUSE_FULL_SCREEN)
    await teacher.get_by_role("button", name="Summary view", exact=True).click()
    await expect(teacher.get_by_role("button", name="Exit summary view")).to_be_visible()
    await expect(teacher.locator(".site-header")).to_be_hidden()
    await teacher.get_by_role("button", name="Exit summary view").click()
    await expect(teacher.locator(".site-header")).to_be_visible()
