"""A class that turns sad at once: one alert in view, which names the students, in a tab that may be behind the call."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.async_api import Page, expect

from accounts.models import User
from classroom.alert_rules import DEFAULTS
from classroom.domain.alerts.records import save_rules
from classroom.models import Attendance, ClassSession, Course, Enrolment, Reading, Stay
from emotions.labels import EXPRESSIONS
from tests.browser import people
from tests.browser.accessibility import faults
from tests.factories import shares

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
COURSE = "Twenty-eight"
STUDENTS = 28
# From now on, their faces are out of view.
TURN_AWAY = f"""
UPDATE classroom_reading SET faces = 0, expression = '', {", ".join(f"{name} = NULL" for name in EXPRESSIONS)}
WHERE session_id = {{session}} AND captured_at > strftime('%Y-%m-%d %H:%M:%f', 'now')
"""  # noqa: S608  # names
ONE = " AND student_id = (SELECT id FROM accounts_user WHERE email = 'sad28@demo.example')"
ALERTS = """
SELECT COUNT(*) FROM classroom_alert JOIN classroom_classsession ON session_id = classroom_classsession.id
WHERE topic = 'Sad faces'
"""
# The largest number of alerts that the list has had at once.
COUNT_ALERTS = """
window.most = 0;
const count = () => { window.most = Math.max(window.most, document.querySelectorAll("[data-testid=alert]").length); };
new MutationObserver(count).observe(document.querySelector("[data-part=alerts-list]"), { childList: true });
count();
"""


def create_class() -> int:
    """Create a class of two teachers and of students whose faces turn sad now and stay so for ten minutes. A face that
    is out of view raises an alert after ten seconds. Returns its session."""
    now = timezone.now()
    course = Course.objects.create(name=COURSE, join_code="SADNESS2", mode=Course.Mode.CAMERA)
    colleague = User.objects.create_user("colleague@demo.example", name="Bela Bauer", role="teacher")
    course.teachers.add(User.objects.get(email="teacher@demo.example"), colleague)
    save_rules(course=course, rules=[replace(DEFAULTS["student_away"], hold_s=10)])
    session = ClassSession.objects.create(course=course, topic="Sad faces", started_at=now - timedelta(seconds=30))
    for number in range(1, STUDENTS + 1):
        student = User.objects.create_user(f"sad{number}@demo.example", name=f"Student {number:02}", role="student")
        Enrolment.objects.create(course=course, student=student)
        attendance = Attendance.objects.create(session=session, student=student, camera="on", changed_at=now)
        last_seen = now + timedelta(hours=1)
        Stay.objects.create(attendance=attendance, joined_at=session.started_at, last_seen_at=last_seen)
        about = {"session": session, "student": student, "model": "test", "faces": 1, "expression": "sad"}
        times = [(second, now + timedelta(seconds=second)) for second in range(0, 600, 2)]
        Reading.objects.bulk_create(
            Reading(seq=second, captured_at=at, received_at=at, **about, **shares("sad", 0.9)) for second, at in times
        )
    return session.pk


async def open_live(browser, server, session: int, email: str) -> Page:
    page = await (await browser.new_context(viewport={"width": 1366, "height": 768})).new_page()
    await people.sign_in(page, server, email)
    await page.goto(f"{server.url}/sessions/{session}/live/")
    await expect(page.locator("[data-live]")).to_have_attribute("data-ready", "yes")
    return page


async def test_moment_of_28_sad_faces_is_one_alert(server, browser_without_camera):
    session = server.call(create_class)
    teacher = await open_live(browser_without_camera, server, session, "teacher@demo.example")
    complaints = people.complaints_of(teacher)
    await teacher.evaluate(COUNT_ALERTS)
    await one_alert_names_the_students(server, teacher)
    await face_out_of_view_is_a_second_alert(server, teacher, session)
    colleague = await open_live(browser_without_camera, server, session, "colleague@demo.example")
    await all_are_noted_on_both_pages(server, teacher, colleague)
    await students_who_turn_away_are_noted_together(server, teacher, session)
    assert complaints == []
    await people.end_class(teacher)


async def one_alert_names_the_students(server, teacher: Page) -> None:
    """The class's alert has the students in it; the title and the icon say that there is one."""
    panel = teacher.get_by_test_id("alerts")
    alert = panel.get_by_test_id("alert")
    await expect(alert.locator("summary")).to_have_text("28 students", timeout=120_000)
    await expect(alert).to_have_count(1)
    await expect(alert).to_have_attribute("data-kind", "class_negative")
    await expect(alert).to_contain_text("28 of 28 readable faces look mostly sad")
    await expect(alert.get_by_text("Student 28")).to_be_hidden()
    await alert.locator("summary").click()
    await expect(alert.locator(".alert__students li")).to_have_text([f"Student {n:02}" for n in range(1, 29)])
    assert await teacher.evaluate("window.most") == 1
    assert server.count(ALERTS) == 29
    await expect(teacher).to_have_title("(1) Sad faces · Attune")
    await expect(teacher.locator("link[rel=icon]")).to_have_attribute("href", re.compile("^data:image/svg"))
    await expect(panel.get_by_role("button", name="Mark all as noted")).to_be_hidden()


async def face_out_of_view_is_a_second_alert(server, teacher: Page, session: int) -> None:
    server.execute(TURN_AWAY.format(session=session) + ONE)
    away = teacher.get_by_test_id("alerts").locator("[data-kind=student_away]")
    await expect(away).to_contain_text("Student 28", timeout=120_000)
    await expect(teacher).to_have_title("(2) Sad faces · Attune")
    await expect(teacher.get_by_test_id("alert").first).to_have_attribute("data-kind", "class_negative")
    assert await faults(teacher) == []


async def all_are_noted_on_both_pages(server, teacher: Page, colleague: Page) -> None:
    note_all = teacher.get_by_test_id("alerts").get_by_role("button", name="Mark all as noted")
    noted = colleague.get_by_test_id("alert").get_by_text("Noted by Marta Lindqvist")
    await expect(noted).to_have_count(0)
    await note_all.click()
    await expect(teacher.get_by_test_id("alert").get_by_text("Noted", exact=True)).to_have_count(2)
    await expect(noted).to_have_count(2)
    await expect(teacher).to_have_title("Sad faces · Attune")
    await expect(note_all).to_be_hidden()
    assert server.count(f"{ALERTS} AND acknowledged_at IS NULL AND recovered_at IS NULL") == 0


async def students_who_turn_away_are_noted_together(server, teacher: Page, session: int) -> None:
    """A break: 27 more faces leave the picture. They are one line, which is acknowledged as one."""
    server.execute(TURN_AWAY.format(session=session))
    away = teacher.get_by_test_id("alerts").locator("[data-kind=student_away]")
    group = away.filter(has_text="Several students")
    await expect(group.locator("summary")).to_have_text("27 students", timeout=120_000)
    await expect(teacher).to_have_title("(1) Sad faces · Attune")
    await group.get_by_role("button", name="Got it about Several students").click()
    await expect(teacher).to_have_title("Sad faces · Attune")
    await expect(group.locator("summary")).to_have_text("28 students")
