"""Pages about student feedback and classes without cameras."""

import pytest
from django.utils import timezone

from accounts.models import SecurityEvent
from classroom.domain.self_reports import count_self_reports, raise_hand, record_answer
from classroom.models import Course, Reading
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return factories.session(started_at=timezone.now())


@pytest.fixture
def student(session, client):
    made = factories.student_of(session.course, consents=False)
    client.force_login(made)
    return made


@pytest.fixture
def spoken(session, student):
    record_answer(session=session, student=student, answer="lost", now=timezone.now())
    raise_hand(session=session, student=student, now=timezone.now())


def page(client, path: str) -> str:
    return client.get(path).content.decode()


@pytest.mark.usefixtures("spoken")
def test_privacy_page_counts_answers_and_raised_hands(client):
    assert "We hold 2 answers and raised hands from you." in page(client, "/privacy/")


def test_privacy_page_without_answers_offers_no_deletion_of_them(client, student):
    assert 'name="said"' not in page(client, "/privacy/")


@pytest.mark.usefixtures("spoken")
def test_deletion_removes_only_readings_by_default(client, session, student):
    factories.attendance(session, student)
    factories.reading(session, student, after_s=1)
    assert "1 reading was deleted." in client.post("/readings/erase/", follow=True).content.decode()
    assert (Reading.objects.count(), count_self_reports(student)) == (0, 2)


@pytest.mark.usefixtures("spoken")
def test_deletion_includes_answers_on_request(client, student):
    answer = client.post("/readings/erase/", {"said": "on"}, follow=True).content.decode()
    assert "2 answers and raised hands were deleted." in answer
    assert count_self_reports(student) == 0


@pytest.mark.usefixtures("spoken")
def test_audit_log_says_how_much_a_student_deleted(client, session, student, django_capture_on_commit_callbacks):
    factories.attendance(session, student)
    factories.reading(session, student, after_s=1)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/readings/erase/", {"said": "on"})
        client.post("/readings/erase/", {"said": "on"})  # nothing is left
    erased = SecurityEvent.objects.get(event="data_erased")
    assert (erased.subject_id, erased.actor_id) == (student.pk, student.pk)
    assert erased.details == {"readings": 1, "responses": 2}


def test_class_with_cameras_has_camera_controls(client, session, student):
    content = page(client, f"/sessions/{session.pk}/attend/")
    assert ("<video" in content, "student/attend.js" in content) == (True, True)


def test_class_without_cameras_has_no_camera_controls(client, session, student):
    Course.objects.update(mode="answers")
    content = page(client, f"/sessions/{session.pk}/attend/")
    traces = ("<video", "student/attend.js", "start-camera", "/consent/?next", "Your camera")
    assert [trace for trace in traces if trace in content] == []
    assert "student/attend-without-camera.js" in content


def test_administrator_cannot_turn_cameras_on(client, session):
    Course.objects.update(mode="answers")
    client.force_login(factories.user("administrator"))
    url = f"/admin/classroom/course/{session.course_id}/change/"
    inlines = ("enrolments", "removals")
    inline = {f"{name}-{part}": "0" for name in inlines for part in ("TOTAL_FORMS", "INITIAL_FORMS")}
    teachers = [teacher.pk for teacher in session.course.teachers.all()]
    form = {"name": "Latin", "description": "", "mode": "camera", "teachers": teachers, **inline}
    assert client.post(url, form).status_code == 302
    assert Course.objects.values_list("name", "mode").get() == ("Latin", "answers")


def test_student_without_camera_courses_is_not_asked_for_consent(client, student):
    Course.objects.update(mode="answers")
    assert "camera-consent" not in page(client, "/")


def test_student_with_a_camera_course_is_asked_for_consent(client, student):
    assert "camera-consent" in page(client, "/")
