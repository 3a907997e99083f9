"""Events before and around a class: waiting, joining, checking the camera, and a new topic."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser import people

pytestmark = pytest.mark.browser
COURSE = "Introduction to Statistics"
# A choice of admission and what the page confirms.
NEEDS_APPROVAL = ("Students wait until a teacher approves", "New students now need your approval to join.")
JOINS_IMMEDIATELY = ("Students join immediately", "New students now join immediately.")
# Records what a page sends over its sockets, besides text.
RECORDS_BINARY = """
window.binary = 0;
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  if (typeof data !== "string") window.binary += 1;
  return send.call(this, data);
};
"""


async def new_page(browser, server, email: str, script: str = "") -> Page:
    page = await (await browser.new_context()).new_page()
    await page.add_init_script(script)
    await people.sign_in(page, server, email)
    return page


async def open_course(page: Page, server) -> str:
    await page.goto(server.url)
    await page.get_by_role("link", name=COURSE).first.click()
    await expect(page.get_by_role("heading", name=COURSE, level=1)).to_be_visible()
    return page.url


async def test_waiting_page_opens_the_class_and_follows_its_topic(server, browser):
    teacher = await new_page(browser, server, "teacher@demo.example")
    student = await new_page(browser, server, "student3@demo.example")
    course = await open_course(student, server)
    await expect(student.get_by_text("Keep this page open")).to_be_visible()
    session = await people.start_class(teacher, "Means")
    await expect(student).to_have_url(f"{session}attend/")
    await expect(student.get_by_test_id("connection")).to_have_attribute("data-state", "open")

    colleague = await teacher.context.new_page()
    await colleague.goto(f"{session}edit/")
    await colleague.get_by_label("Topic").fill("Means and medians")
    await colleague.get_by_role("button", name="Save").click()
    for page in (teacher, student):
        await expect(page.get_by_role("heading", name="Means and medians", level=1)).to_be_visible()
        await expect(page).to_have_title(re.compile(r"Means and medians · Attune$"))

    await student.get_by_test_id("leave-class").click()
    await student.get_by_role("link", name="Back to the course").click()
    await expect(student).to_have_url(course)
    await expect(student.get_by_role("link", name="Join class")).to_be_visible()
    await colleague.close()
    await people.end_class(teacher)


async def test_camera_is_checked_before_class_and_nothing_is_sent(server, browser):
    student = await new_page(browser, server, "student3@demo.example", RECORDS_BINARY)
    sent: list[str] = []
    student.on("request", lambda request: sent.append(request.method) if request.method != "GET" else None)
    await open_course(student, server)
    await student.get_by_test_id("test-camera").click()
    await expect(student.locator("video")).to_be_visible()
    await expect(student.get_by_test_id("light")).to_have_text("The light is good.")
    await expect(student.get_by_test_id("start-camera")).to_have_count(0)
    await student.get_by_test_id("stop-test").click()
    await expect(student.get_by_text("Your camera is off")).to_be_visible()
    assert (sent, await student.evaluate("window.binary")) == ([], 0)


async def test_student_without_consent_tests_the_camera_in_class(server, browser):
    teacher = await new_page(browser, server, "teacher@demo.example")
    student = await new_page(browser, server, "student3@demo.example", RECORDS_BINARY)
    await people.withdraw_consent(student, server)
    session = await people.start_class(teacher, "Only a test")
    await student.goto(f"{session}attend/")
    await expect(student.get_by_test_id("connection")).to_have_attribute("data-state", "open")
    await expect(student.get_by_test_id("test-camera")).to_be_hidden()
    await student.get_by_test_id("test-without-consent").click()
    await expect(student.get_by_test_id("light")).to_have_text("The light is good.")
    await expect(student.get_by_test_id("start-camera")).to_be_hidden()
    await expect(student.get_by_test_id("reading")).to_contain_text("No camera: nothing is read")
    tile = teacher.get_by_test_id("tile").filter(has_text="Chen Wei")
    await expect(tile).to_have_attribute("data-state", "no_consent")
    await student.get_by_test_id("stop-test").click()
    await expect(student.locator("video")).to_be_hidden()
    assert await student.evaluate("window.binary") == 0
    await people.end_class(teacher)


async def test_student_waits_until_the_teacher_lets_them_in_and_leaves_when_removed(server, browser):
    teacher = await new_page(browser, server, "teacher@demo.example")
    course = await open_course(teacher, server)
    code = await teacher.locator(".code").first.inner_text()
    await teacher.get_by_role("link", name="Manage members").click()
    await choose_admission(teacher, *NEEDS_APPROVAL)
    live = await teacher.context.new_page()
    await live.goto(server.url)
    await people.start_class(live, "Doors")
    await expect(live.get_by_test_id("connection")).to_have_attribute("data-state", "open")

    visitor = await (await browser.new_context()).new_page()
    await create_account_and_join(visitor, server, code)
    await expect(visitor).to_have_url(course)
    await expect(visitor.get_by_role("heading", name="Waiting for your teacher’s approval")).to_be_visible()
    await teacher.goto(course)
    await teacher_lets_them_in(teacher, live)
    await expect(visitor).to_have_url(re.compile(r"/sessions/\d+/attend/$"))
    await expect(visitor.get_by_test_id("connection")).to_have_attribute("data-state", "open")

    await remove_and_block(teacher)
    await expect(visitor.get_by_role("heading", name="You are no longer in this course")).to_be_visible()
    await expect(live.get_by_test_id("tile").filter(has_text="Noor Rahman")).to_have_count(0)
    await people.end_class(live)
    await choose_admission(teacher, *JOINS_IMMEDIATELY)


async def choose_admission(teacher: Page, choice: str, confirmation: str) -> None:
    """On the page of the course's members, choose how students join."""
    await teacher.get_by_label(choice).check()
    await teacher.get_by_role("button", name="Save").click()
    await expect(teacher.get_by_text(confirmation)).to_be_visible()


async def create_account_and_join(visitor: Page, server, code: str) -> None:
    await visitor.goto(f"{server.url}/courses/join/?code={code}")
    await expect(visitor.get_by_role("heading", name=COURSE, level=1)).to_be_visible()
    await visitor.get_by_role("button", name="Create an account and join").click()
    await visitor.get_by_label("E-mail").fill("noor@demo.example")
    await visitor.get_by_label("Name").fill("Noor Rahman")
    await visitor.get_by_label("Password", exact=True).fill("tractor-willow-73-lamp")
    await visitor.get_by_label(re.compile("again", re.IGNORECASE)).fill("tractor-willow-73-lamp")
    await visitor.get_by_role("button", name="Create account").click()


async def teacher_lets_them_in(teacher: Page, live: Page) -> None:
    """On the course's page, while the live page follows."""
    waiting = live.get_by_test_id("requests")
    await expect(waiting).to_contain_text("1 student is waiting to be let in.")
    await expect(waiting.get_by_role("link", name="Let them in")).to_have_attribute("target", "_blank")
    await teacher.get_by_test_id("join-requests").get_by_role("button", name="Let in Noor Rahman").click()
    await expect(teacher.get_by_text("Noor Rahman is now in the course.")).to_be_visible()
    await expect(waiting).to_be_hidden()
    await expect(live.get_by_test_id("tile").filter(has_text="Noor Rahman")).to_be_visible()


async def remove_and_block(teacher: Page) -> None:
    await teacher.get_by_role("link", name="Manage members").click()
    student = teacher.get_by_role("listitem").filter(has_text="Noor Rahman")
    await student.get_by_text("Remove Noor Rahman").click()
    await student.get_by_role("button", name="Remove and block").click()
    await expect(teacher.get_by_text("Noor Rahman is blocked: no join code lets this account in.")).to_be_visible()
