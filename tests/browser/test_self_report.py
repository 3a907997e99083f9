"""Student feedback and markers in a real browser: on both pages, and in a course without cameras."""

import asyncio
import re

import pytest
import pytest_asyncio
from playwright.async_api import expect

from accounts.models import User
from classroom.models import Course, Enrolment
from tests.browser import people
from tests.browser.accessibility import complaints, faults

pytestmark = pytest.mark.browser
COUNTS_CAMERA_REQUESTS = """
window.cameraRequests = 0;
for (const name of ["getUserMedia", "enumerateDevices"]) {
  navigator.mediaDevices[name] = () => { window.cameraRequests += 1; return Promise.reject(new Error("no")); };
}
"""


@pytest_asyncio.fixture(loop_scope="session")
async def two_pages(server, browser):
    """The pages of a teacher and a student, signed in, each in a separate browser context."""
    pages = [await (await browser.new_context()).new_page() for _ in range(2)]
    await people.sign_in(pages[0], server, "teacher@demo.example")
    await people.sign_in(pages[1], server, "student1@demo.example")
    return pages


async def test_answer_reaches_the_teacher_and_survives_a_reload(server, two_pages):
    teacher, student = two_pages
    complaints = [people.complaints_of(page) for page in two_pages]
    session = await people.start_class(teacher, "Speaks")
    await student.goto(f"{session}attend/")
    await student.get_by_test_id("say-lost").click()
    await expect(student.get_by_test_id("answer-state")).to_have_text(re.compile("Lost.* counts until"))
    await expect(student.get_by_test_id("say-lost")).to_have_attribute("aria-pressed", "true")
    await expect(teacher.get_by_test_id("answer-lost")).to_have_text("Lost1")
    await expect(teacher.get_by_test_id("feedback-summary")).to_have_text("1 of 1 says “Lost”")
    tile = teacher.get_by_test_id("tile").filter(has_text="Ada Okafor")
    await expect(tile).to_contain_text("Lost")
    assert await faults(student) == []

    await student.reload()
    await expect(student.get_by_test_id("say-lost")).to_have_attribute("aria-pressed", "true")
    await student.get_by_test_id("say-all_good").press("Enter")
    await expect(student.get_by_test_id("say-lost")).to_have_attribute("aria-pressed", "false")
    await expect(teacher.get_by_test_id("answer-all_good")).to_have_text("All good1")
    await expect(teacher.get_by_test_id("answer-lost")).to_have_text("Lost0")

    title, button, line = await student.title(), teacher.get_by_test_id("ask-class"), teacher.get_by_test_id("asked")
    await button.press("Enter")
    await expect(button).to_be_disabled()
    await expect(button).to_be_focused()
    await expect(line).to_have_text(re.compile(r"^Asked at \d\d:\d\d: 0 of 1 have answered since\.$"))
    await expect(teacher.get_by_role("status").filter(has_text="Asked at")).to_have_text(re.compile(": 0 of 1 have"))
    await expect(student.get_by_test_id("question")).to_have_text("Your teacher asks: how is the class going for you?")
    await expect(student.get_by_test_id("say-all_good")).to_have_attribute("aria-pressed", "false")
    await expect(student.get_by_test_id("answer-state")).to_have_text(re.compile("^Your earlier answer “All good”"))
    await expect(student).to_have_title(f"(1) {title}")
    assert [await faults(page) for page in two_pages] == [[], []]
    await teacher.reload()
    await expect(line).to_have_text(re.compile(": 0 of 1 have answered since"))
    await expect(button).to_be_disabled()
    await student.get_by_test_id("say-all_good").press("Enter")
    await expect(line).to_have_text(re.compile(": 1 of 1 has answered since"))
    await expect(student.get_by_test_id("question")).to_have_text("How is the class going for you?")
    await expect(student.get_by_test_id("say-all_good")).to_have_attribute("aria-pressed", "true")
    await expect(student).to_have_title(title)
    await people.end_class(teacher)
    assert complaints == [[], []]


async def test_button_rests_after_an_ask_although_an_update_came_before_the_state(server, two_pages):
    teacher, student = two_pages
    session = await people.start_class(teacher, "Fast clock")
    await student.goto(f"{session}attend/")
    await expect(student.get_by_test_id("connection")).to_have_attribute("data-state", "open")
    was_requested, may_answer = asyncio.Event(), asyncio.Event()

    async def answer_late(route):
        response = await route.fetch()
        was_requested.set()
        await may_answer.wait()
        await route.fulfill(response=response)

    await teacher.route("**/api/sessions/*/live/", answer_late)
    await teacher.add_init_script("const now = Date.now; Date.now = () => now() + 300_000;")
    await teacher.reload()
    await was_requested.wait()
    await student.get_by_test_id("hand").click()
    await expect(teacher.get_by_test_id("hand-up")).to_be_visible()
    may_answer.set()
    await expect(teacher.locator("[data-live]")).to_have_attribute("data-ready", "yes")
    await teacher.get_by_test_id("ask-class").click()
    await expect(teacher.get_by_test_id("asked")).to_have_text(re.compile(": 0 of 1 have answered since"))
    await expect(teacher.get_by_test_id("ask-class")).to_be_disabled()
    await people.end_class(teacher)


async def test_teacher_can_lower_a_raised_hand(server, two_pages):
    teacher, student = two_pages
    session = await people.start_class(teacher, "Hands")
    await student.goto(f"{session}attend/")
    await student.get_by_test_id("hand").click()
    hand = teacher.get_by_test_id("hand-up").filter(has_text="Ada Okafor")
    await expect(hand).to_be_visible()
    await expect(teacher.get_by_test_id("tile").filter(has_text="Ada Okafor")).to_contain_text("Hand up")
    assert await faults(teacher) == []
    await hand.get_by_role("button").click()
    await expect(student.get_by_text("Your teacher lowered your hand.")).to_be_visible()
    await expect(student.get_by_test_id("hand")).to_have_text("Raise hand")
    await expect(hand).to_have_count(0)
    await people.end_class(teacher)


async def test_key_m_opens_the_marker_form_except_while_typing(server, two_pages):
    teacher, _ = two_pages
    complaints = people.complaints_of(teacher)
    await people.start_class(teacher, "Marks")
    await expect(teacher.get_by_test_id("connection")).to_have_attribute("data-state", "open")
    await teacher.get_by_label("Find a student").press("m")
    await expect(teacher.get_by_label("What is happening?")).to_be_hidden()
    await teacher.get_by_role("heading", name="Alerts").click()
    await teacher.keyboard.press("m")
    field = teacher.get_by_label("What is happening?")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("")
    await field.fill("Exercise <b>starts</b>")
    await field.press("Enter")
    await teacher.get_by_role("button", name="Timeline", exact=True).click()
    marker = teacher.get_by_test_id("marker")
    await expect(marker).to_contain_text("Exercise <b>starts</b>")
    await marker.get_by_role("button", name=re.compile("Rename")).click()
    await field.fill("Pause")
    await field.press("Enter")
    await expect(marker).to_contain_text("Pause")
    assert await faults(teacher) == []
    await marker.get_by_role("button", name=re.compile("Remove")).click()
    await expect(marker).to_have_count(0)
    await people.end_class(teacher)
    assert complaints == []


async def test_marker_is_set_for_a_past_moment(server, two_pages):
    teacher, _ = two_pages
    await people.start_class(teacher, "Past marks")
    await expect(teacher.get_by_test_id("connection")).to_have_attribute("data-state", "open")
    await teacher.get_by_test_id("open-marker").click()
    await teacher.get_by_label("What is happening?").fill("The question about outliers")
    await teacher.get_by_label("When", exact=True).select_option("10 minutes ago")
    await teacher.get_by_role("button", name="Save").click()
    await teacher.get_by_role("button", name="Timeline", exact=True).click()
    marker = teacher.get_by_test_id("marker")
    await expect(marker).to_contain_text("The question about outliers")
    # The class began later than that: the marker stands at its start.
    at_start = "SELECT count(*) FROM classroom_marker m JOIN classroom_classsession s ON m.session_id = s.id"
    assert server.count(f"{at_start} WHERE m.at = s.started_at AND s.topic = 'Past marks'") == 1
    await marker.get_by_role("button", name=re.compile("Rename")).click()
    await expect(teacher.get_by_label("When", exact=True)).to_be_hidden()
    await people.end_class(teacher)


@pytest.fixture(scope="module")
def _course_without_cameras(server) -> None:
    def create() -> None:
        course = Course.objects.create(name="Latin", join_code="NOCAMERA")
        course.teachers.add(User.objects.get(email="teacher@demo.example"))
        Enrolment.objects.create(course=course, student=User.objects.get(email="student1@demo.example"))

    server.call(create)


@pytest.mark.usefixtures("_course_without_cameras")
async def test_a_course_without_cameras_asks_for_none(server, two_pages):
    teacher, student = two_pages
    await student.add_init_script(COUNTS_CAMERA_REQUESTS)
    await teacher.goto(f"{server.url}/")
    await teacher.get_by_role("link", name="Latin").first.click()
    await teacher.get_by_label("Topic").fill("Spoken")
    await teacher.get_by_role("button", name="Start").click()
    await expect(teacher).to_have_url(re.compile(r"/sessions/\d+/live/$"))
    await student.goto(f"{teacher.url.removesuffix('live/')}attend/")
    await expect(student.locator("video, [data-action=start]")).to_have_count(0)
    await student.get_by_test_id("say-too_fast").click()
    await expect(teacher.get_by_test_id("class-sentence")).to_have_text("1 of 1 says it is too fast.")
    await expect(teacher.get_by_test_id("answer-bar")).to_contain_text("Too fast 1")
    await expect(teacher.get_by_test_id("mood-bar")).to_be_hidden()
    await expect(teacher.get_by_test_id("tile")).to_have_attribute("data-state", "in_class")
    assert await student.evaluate("window.cameraRequests") == 0
    for width in (1440, 360):
        for page in two_pages:
            await page.set_viewport_size({"width": width, "height": 900})
            assert await complaints(page) == []
    await people.end_class(teacher)
    await expect(student.get_by_role("heading", name="The class has ended")).to_be_visible()


async def test_cameras_stop_when_the_teacher_turns_them_off(server, browser):
    teacher, student = [await (await browser.new_context()).new_page() for _ in range(2)]
    await people.sign_in(teacher, server, "teacher@demo.example")
    session = await people.start_class(teacher, "Switched off")
    await people.start_camera(student, server, session, "student2@demo.example")
    await expect(student.get_by_test_id("face-box")).to_be_visible()
    settings = await teacher.context.new_page()
    await settings.goto(f"{server.url}/courses/1/camera/")
    await settings.get_by_role("button", name="Turn camera reading off").click()
    try:
        await expect(student.locator("video")).to_have_count(0)
        await expect(student.get_by_text("This course uses no cameras")).to_be_visible()
        await expect(teacher.get_by_test_id("mood-bar")).to_be_hidden()
        tile = teacher.get_by_test_id("tile").filter(has_text="Ben Haddad")
        await expect(tile).to_have_attribute("data-state", "in_class")
    finally:
        await settings.goto(f"{server.url}/courses/1/camera/")
        await settings.get_by_role("checkbox").check()
        await settings.get_by_role("button", name="Turn camera reading on").click()
    await expect(student.get_by_test_id("start-camera")).to_be_visible()
    await people.end_class(teacher)
