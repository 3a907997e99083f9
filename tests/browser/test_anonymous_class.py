"""The live page and the report of an anonymous class: faces of five or more, and nothing of one student."""

from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from django.utils import timezone
from playwright.async_api import Page, expect

from accounts.models import User
from classroom.models import Attendance, ClassSession, Course, Enrolment, PublishedMinute, Stay
from emotions.labels import EXPRESSIONS
from tests.browser import people

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
TEACHER = "logic@demo.example"
STUDENTS = 12


def create_class() -> int:
    """Create a class that has been running for ten minutes, with numbers from its third minute until long after the
    test, however long that takes. Returns its session."""
    course = Course.objects.create(name="Logic without names", join_code="NNAMED23", mode=Course.Mode.ANONYMOUS)
    course.teachers.add(User.objects.create_user(TEACHER, name="Lena Logic", role="teacher"))
    now = timezone.now()
    start = datetime.fromtimestamp(now.timestamp() // 60 * 60 - 600, UTC)
    session = ClassSession.objects.create(course=course, topic="Syllogisms", started_at=start, is_anonymous=True)
    for number in range(STUDENTS):
        address = f"logic{number}@demo.example"
        student = User.objects.create_user(address, name=f"Logic {number:02}", role="student")
        Enrolment.objects.create(course=course, student=student)
        attendance = Attendance.objects.create(session=session, student=student, camera="on", changed_at=now)
        Stay.objects.create(attendance=attendance, joined_at=start, last_seen_at=now + timedelta(hours=2))
    counts = dict.fromkeys((f"shown_{name}" for name in (*EXPRESSIONS, "uncertain")), 0)
    counts |= {"shown_neutral": 6, "shown_happy": 2, "shown_sad": 2}
    for minute in range(2, 120):
        at = start + timedelta(minutes=minute)
        PublishedMinute.objects.create(session=session, at=at, seen=10, **counts)
    return session.pk


@pytest.fixture(scope="module")
def session(server) -> int:
    return server.call(create_class)


@pytest_asyncio.fixture(loop_scope="session")
async def page(server, session, browser_without_camera) -> Page:
    context = await browser_without_camera.new_context(viewport=LAPTOP)
    page = await context.new_page()
    await people.sign_in(page, server, TEACHER)
    await page.goto(f"{server.url}/sessions/{session}/live/")
    await expect(page.locator("[data-live]")).to_have_attribute("data-ready", "yes")
    return page


async def test_live_page_shows_counts_of_groups_and_no_expression_of_a_student(page):
    await expect(page.get_by_test_id("class-sentence")).to_have_text(
        "In the last full minute, most faces looked calm: 6 of 10."
    )
    await expect(page.get_by_test_id("coverage")).to_have_text(f"10 of {STUDENTS} counted")
    await expect(page.get_by_test_id("negative")).to_have_text("2 of 10 negative (20 %)")
    await expect(page.get_by_test_id("anonymous")).to_be_visible()
    tiles = page.get_by_test_id("tile")
    await expect(tiles).to_have_count(STUDENTS)
    assert await tiles.locator(".tile__label").all_inner_texts() == ["In class"] * STUDENTS
    assert await page.locator(".tile[data-expression]").count() == 0
    await expect(page.get_by_test_id("class-consent")).to_have_text("Consent text, version 1")

    await tiles.first.get_by_role("button").click()
    panel = page.get_by_test_id("student-panel")
    await expect(panel.get_by_text("Minutes in class")).to_be_visible()
    await expect(panel.get_by_text("Readable")).to_have_count(0)
    # Feedback is the only chart, and nothing explains one of expressions.
    await expect(panel.get_by_text("Above this line, in colour")).to_be_hidden()
    await expect(panel.get_by_test_id("answers-band")).to_be_hidden()
    await page.keyboard.press("Escape")

    await page.set_viewport_size(PHONE)
    await expect(page.get_by_test_id("class-sentence")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
