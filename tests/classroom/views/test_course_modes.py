"""Turning the reading of faces on for a course, and off again."""

import re

import pytest
from django.utils import timezone

from accounts.models import SecurityEvent
from classroom.domain.courses.modes import ClassIsRunning, turn_camera_off, turn_camera_on
from classroom.domain.sessions import start_session
from classroom.models import Course, PublicationProgress
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return Course.objects.create(name="Latin")


@pytest.fixture
def teacher(client, course):
    teacher = factories.teacher("Ada Lovelace")
    course.teachers.add(teacher)
    client.force_login(teacher)
    return teacher


def logged() -> list[tuple]:
    events = SecurityEvent.objects.filter(event__startswith="camera")
    return list(events.values_list("event", "actor_id", "details"))


def test_new_course_reads_no_faces(course):
    course.refresh_from_db()
    assert (course.mode, course.reads_faces) == ("answers", False)


def test_teacher_turns_the_camera_on_after_the_legal_note(client, course, teacher, django_capture_on_commit_callbacks):
    page = client.get(f"/courses/{course.pk}/camera/").text
    assert "Article 5(1)(f) of the AI Act" in page
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/courses/{course.pk}/camera/on/", {"confirmed": "on"}).url == f"/courses/{course.pk}/"
    course.refresh_from_db()
    assert (course.mode, course.camera_confirmed_by) == ("camera", teacher)
    assert abs(timezone.now() - course.camera_confirmed_at).total_seconds() < 3600
    assert logged() == [("camera_turned_on", teacher.pk, {"course": course.pk, "mode": "camera"})]
    assert "Turned on by Ada Lovelace" in client.get(f"/courses/{course.pk}/camera/").text


def test_camera_stays_off_without_the_confirmation(client, course, teacher):
    response = client.post(f"/courses/{course.pk}/camera/on/")
    assert (response.status_code, "Tick the box" in response.text) == (422, True)
    course.refresh_from_db()
    assert course.mode == "answers"


def test_teacher_turns_the_camera_off(client, course, teacher, django_capture_on_commit_callbacks):
    turn_camera_on(course=course, teacher=teacher, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/courses/{course.pk}/camera/off/").url == f"/courses/{course.pk}/"
    course.refresh_from_db()
    assert course.mode == "answers"
    assert logged()[-1] == ("camera_turned_off", teacher.pk, {"course": course.pk})


def test_turning_to_the_mode_in_force_changes_and_logs_nothing(
    course, teacher, django_capture_on_commit_callbacks, django_assert_num_queries
):
    with django_assert_num_queries(0):
        turn_camera_off(course=course)
    with django_capture_on_commit_callbacks(execute=True):
        turn_camera_on(course=course, teacher=teacher, now=NOW)
        turn_camera_on(course=course, teacher=factories.teacher(), now=timezone.now())
    course.refresh_from_db()
    assert (course.camera_confirmed_by, course.camera_confirmed_at, len(logged())) == (teacher, NOW, 1)


def test_teacher_has_the_course_accept_only_faces(client, course, teacher, django_capture_on_commit_callbacks):
    turn_camera_on(course=course, teacher=teacher, now=NOW)
    for sent, stored in (({"faces_only": "on"}, True), ({}, False)):
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(f"/courses/{course.pk}/camera/pictures/", sent)
        assert response.url == f"/courses/{course.pk}/camera/"
        course.refresh_from_db()
        assert course.faces_only is stored
        page = client.get(f"/courses/{course.pk}/camera/").text
        assert bool(re.search(r'name="faces_only"\s+checked', page)) is stored
    changes = SecurityEvent.objects.filter(event="course_changed").order_by("pk").values_list("details", flat=True)
    assert [change["changes"] for change in changes] == [{"faces_only": [False, True]}, {"faces_only": [True, False]}]


def test_course_accepts_whole_frames_by_default(course):
    course.refresh_from_db()
    assert course.faces_only is False


@pytest.mark.any_database
@pytest.mark.parametrize("path", ["", "on/", "off/", "pictures/"])
@pytest.mark.parametrize("role", ["teacher", "student", "administrator"])
def test_others_do_not_reach_it(client, course, role, path):
    person = factories.student_of(course) if role == "student" else factories.user(role)
    client.force_login(person)
    url = f"/courses/{course.pk}/camera/{path}"
    response = client.post(url, {"confirmed": "on"}) if path else client.get(url)
    assert response.status_code == 404
    assert Course.objects.get().mode == "answers"


def test_teacher_makes_the_course_anonymous(client, course, teacher, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(
            f"/courses/{course.pk}/camera/on/", {"confirmed": "on", "mode": "anonymous"}, follow=True
        )
    assert "without their names" in response.text
    course.refresh_from_db()
    assert (course.mode, course.reads_faces, course.is_anonymous) == ("anonymous", True, True)
    assert logged() == [("camera_turned_on", teacher.pk, {"course": course.pk, "mode": "anonymous"})]
    assert "On, anonymous" in client.get(f"/courses/{course.pk}/camera/").text


def test_class_keeps_the_mode_in_which_it_started(course, teacher):
    sessions = []
    for anonymous in (True, False):
        turn_camera_on(course=course, teacher=teacher, now=NOW, anonymous=anonymous)
        session = start_session(course=course, topic="Vowels", now=timezone.now())
        sessions.append(session)
        course.sessions.update(ended_at=timezone.now())
    assert [session.is_anonymous for session in sessions] == [True, False]
    turn_camera_on(course=course, teacher=teacher, now=NOW, anonymous=True)
    assert list(course.sessions.order_by("pk").values_list("is_anonymous", flat=True)) == [True, False]


def test_running_class_does_not_change_between_names_and_anonymous(client, course, teacher):
    turn_camera_on(course=course, teacher=teacher, now=NOW)
    start_session(course=course, topic="Vowels", now=timezone.now())
    with pytest.raises(ClassIsRunning):
        turn_camera_on(course=course, teacher=teacher, now=NOW, anonymous=True)
    response = client.post(f"/courses/{course.pk}/camera/on/", {"confirmed": "on", "mode": "anonymous"})
    assert (response.status_code, "End it to switch" in response.text) == (422, True)
    course.refresh_from_db()
    assert course.mode == "camera"


def test_running_class_becomes_anonymous_with_its_course_and_stays_so(course, teacher):
    session = start_session(course=course, topic="Vowels", now=timezone.now())
    turn_camera_on(course=course, teacher=teacher, now=NOW, anonymous=True)
    session.refresh_from_db()
    assert (session.is_anonymous, PublicationProgress.objects.get().session) == (True, session)
    turn_camera_off(course=course)
    turn_camera_on(course=course, teacher=teacher, now=NOW)
    session.refresh_from_db()
    assert (course.mode, session.is_anonymous) == ("camera", True)
