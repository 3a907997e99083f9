"""A student's computer sends the face that the browser has found, or the whole frame if it cannot find faces."""

import cv2
import numpy as np
import pytest
from django.utils import timezone
from playwright.async_api import Page, WebSocketRoute, expect

from accounts.models import User
from classroom.models import ClassSession, Course, Enrolment
from classroom.snapshots import Frame, parse_content, parse_frame
from emotions.face_crop import MAX_CROP_SIDE, FoundFaces
from tests.browser import people

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
TEACHER = "optics@demo.example"
STUDENT = "optics-student@demo.example"


def start_class(*, faces_only: bool) -> dict[str, int]:
    """Start a class in a course that only these tests use."""
    about = {"name": "Optics", "mode": Course.Mode.CAMERA}
    course, is_new = Course.objects.get_or_create(join_code="PTCS2345", defaults=about)
    if is_new:
        course.teachers.add(User.objects.create_user(TEACHER, name="Olga Optics", role="teacher"))
        student = User.objects.create_user(STUDENT, name="Ravi Ray", role="student")
        Enrolment.objects.create(course=course, student=student)
    course.faces_only = faces_only
    course.save()
    course.sessions.all().delete()
    session = ClassSession.objects.create(course=course, topic="Lenses", started_at=timezone.now())
    return {"session": session.pk, "course": course.pk}


async def two_people(server, browser, session: int) -> tuple[Page, Page]:
    """A teacher on the live page, and a student in another browser, who is not in class yet."""
    teacher, student = [await (await browser.new_context()).new_page() for _ in range(2)]
    await people.sign_in(teacher, server, TEACHER)
    await teacher.goto(f"{server.url}/sessions/{session}/live/")
    return teacher, student


def frames_of(page: Page) -> list[Frame]:
    """The frames that the page sends over its socket."""
    frames: list[Frame] = []

    def note(payload: str | bytes) -> None:
        if isinstance(payload, bytes):
            frames.append(parse_frame(payload))

    page.on("websocket", lambda socket: socket.on("framesent", note))
    return frames


async def make_old(page: Page) -> list[Frame]:
    """Make it an old page, which cannot find faces and does not learn that a course accepts nothing else.

    Returns the frames that it sends.
    """
    frames: list[Frame] = []

    def connect(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def forward(message: str | bytes) -> None:
            if isinstance(message, bytes):
                frames.append(parse_frame(message))
            server.send(message)

        socket.on_message(forward)
        server.on_message(lambda message: socket.send(message.replace('"faces_only": true', '"faces_only": false')))

    await page.context.route("**/vendor/faces/**", lambda route: route.abort())
    await page.route_web_socket("**/ws/sessions/**", connect)
    return frames


async def test_only_the_face_leaves_the_computer(server, browser):
    made = server.call(start_class, faces_only=True)
    teacher, student = await two_people(server, browser, made["session"])
    complaints, frames = people.complaints_of(student), frames_of(student)
    await people.start_camera(student, server, f"{server.url}/sessions/{made['session']}/", STUDENT)

    await expect(teacher.get_by_test_id("tile")).to_have_attribute("data-state", "seen")
    sent = student.get_by_test_id("sent")
    await expect(sent).to_have_attribute("data-kind", "face")
    await expect(sent).to_contain_text("Only this leaves your computer")
    await expect(sent).to_contain_text("KB sent")
    await expect(sent.locator("canvas")).to_be_visible()

    for found in [parse_content(frame.content) for frame in frames]:
        assert isinstance(found, FoundFaces)
        if found.nearest is not None:
            picture = cv2.imdecode(np.frombuffer(found.nearest.jpeg, np.uint8), cv2.IMREAD_COLOR)
            assert max(picture.shape[:2]) <= MAX_CROP_SIDE
            assert (picture == picture[:, :, :1]).all()  # grey
    assert [frame.is_whole for frame in frames] == [False] * len(frames)
    assert any(parse_content(frame.content).nearest for frame in frames)
    assert complaints == []


async def test_browser_that_cannot_find_faces_sends_whole_frames_until_the_course_refuses_them(server, browser):
    made = server.call(start_class, faces_only=False)
    teacher, student = await two_people(server, browser, made["session"])
    frames = frames_of(student)
    await student.context.route("**/vendor/faces/**", lambda route: route.abort())
    await people.start_camera(student, server, f"{server.url}/sessions/{made['session']}/", STUDENT)
    await expect(teacher.get_by_test_id("tile")).to_have_attribute("data-state", "seen")
    await expect(student.get_by_test_id("sent")).to_have_attribute("data-kind", "whole")
    assert {frame.is_whole for frame in frames} == {True}

    await teacher.goto(f"{server.url}/courses/{made['course']}/camera/")
    await teacher.get_by_label("Faces only").check()
    await teacher.get_by_role("button", name="Save", exact=True).click()
    await expect(teacher.get_by_text("Whole camera pictures are refused in this course.")).to_be_visible()
    start = student.get_by_test_id("start-camera")
    await student.reload()
    await start.click()
    await expect(student.get_by_test_id("notice")).to_contain_text("This course accepts only your face")
    await expect(start).to_be_visible()


async def test_old_page_is_refused_where_only_faces_are_accepted(server, browser):
    made = server.call(start_class, faces_only=True)
    _teacher, student = await two_people(server, browser, made["session"])
    frames = await make_old(student)
    await people.start_camera(student, server, f"{server.url}/sessions/{made['session']}/", STUDENT)
    await expect(student.get_by_test_id("notice")).to_contain_text("this page sent the whole camera picture")
    readings = f"SELECT count(*) FROM classroom_reading WHERE session_id = {made['session']}"  # noqa: S608  # a number
    assert server.count(readings) == 0
    assert {frame.is_whole for frame in frames} == {True}
