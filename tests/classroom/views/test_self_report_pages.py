"""The pages around what students say: privacy, a class without cameras, the administrator's switch."""

import pytest
from django.utils import timezone

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
def test_the_privacy_page_counts_what_a_student_said(client):
    assert "We hold 2 answers and raised hands from you." in page(client, "/privacy/")


def test_one_who_said_nothing_is_offered_no_deletion_of_it(client, student):
    assert 'name="said"' not in page(client, "/privacy/")


@pytest.mark.usefixtures("spoken")
def test_readings_alone_are_deleted_unless_more_is_asked_for(client, session, student):
    factories.attendance(session, student)
    factories.reading(session, student, after_s=1)
    assert "1 reading was deleted." in client.post("/readings/erase/", follow=True).content.decode()
    assert (Reading.objects.count(), count_self_reports(student)) == (0, 2)


@pytest.mark.usefixtures("spoken")
def test_what_was_said_is_deleted_with_it_on_request(client, student):
    answer = client.post("/readings/erase/", {"said": "on"}, follow=True).content.decode()
    assert "2 answers and raised hands were deleted." in answer
    assert count_self_reports(student) == 0


def test_a_class_with_cameras_has_one_on_its_page(client, session, student):
    content = page(client, f"/sessions/{session.pk}/attend/")
    assert ("<video" in content, "student/attend.js" in content) == (True, True)


def test_a_class_without_cameras_has_none_on_its_page(client, session, student):
    Course.objects.update(reads_faces=False)
    content = page(client, f"/sessions/{session.pk}/attend/")
    traces = ("<video", "student/attend.js", "start-camera", "/consent/?next", "Your camera")
    assert [trace for trace in traces if trace in content] == []
    assert "student/attend-without-camera.js" in content


def test_an_administrator_switches_cameras_off_in_the_course_s_form(client, session):
    client.force_login(factories.user("administrator"))
    url = f"/admin/classroom/course/{session.course_id}/change/"
    assert 'name="reads_faces"' in page(client, url)
    inline = {f"enrolments-{part}": "0" for part in ("TOTAL_FORMS", "INITIAL_FORMS")}
    teachers = [teacher.pk for teacher in session.course.teachers.all()]
    answer = client.post(url, {"name": "Latin", "description": "", "teachers": teachers, **inline})
    assert answer.status_code == 302
    assert Course.objects.get().reads_faces is False


def test_a_teacher_cannot_switch_cameras(client, session):
    client.force_login(session.course.teachers.get())
    assert client.post(f"/admin/classroom/course/{session.course_id}/change/", {"name": "x"}).status_code == 302
    assert Course.objects.get().name == session.course.name


def test_one_whose_courses_use_no_cameras_is_not_asked_for_consent(client, student):
    Course.objects.update(reads_faces=False)
    assert "camera-consent" not in page(client, "/")


def test_one_of_whose_courses_reads_faces_is_asked_for_consent(client, student):
    assert "camera-consent" in page(client, "/")
