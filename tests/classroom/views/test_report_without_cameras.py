"""Reports and comparisons of a course without cameras never mention faces."""

import html
import re
from datetime import timedelta

import pytest

from classroom.domain.courses.modes import turn_camera_on
from classroom.domain.self_reports import record_answer
from classroom.domain.sessions import end_session
from classroom.models import Alert
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
OF_FACES = re.compile(r"\bfaces?\b|snapshot|expression|negative|\bseen\b|\bread(able|ings?)?\b", re.IGNORECASE)


@pytest.fixture
def course():
    return factories.course(mode="answers")


def held(course, *, day=0, was_read=False):
    """Create a session in which two of three students are lost in one minute; `was_read` adds a reading of one."""
    session = factories.session(course, started_at=NOW + timedelta(days=day))
    students = [each.student for each in course.enrolments.all()] or [factories.student_of(course) for _ in range(3)]
    for student in students:
        factories.attendance(
            session, student, joined_at=session.started_at, left_at=session.started_at + timedelta(minutes=9)
        )
    if was_read:
        factories.reading(session, students[0], after_s=5)
    for student in students[:2]:
        record_answer(session=session, student=student, answer="lost", now=session.started_at + timedelta(seconds=125))
    end_session(session=session, now=session.started_at + timedelta(minutes=10))
    return session


def texts(client, course, path: str, *, reader=None) -> list[str]:
    """Return the texts of the page's main part, without those that the style sheet hides without cameras. `reader`: the
    teacher unless somebody else is named."""
    client.force_login(reader or course.teachers.get())
    page = client.get(path).content.decode()
    middle = page[page.index("<main") : page.index("</main>")]
    for part in (r"<script.*?</script>", r"<svg.*?</svg>"):
        middle = re.sub(part, "", middle, flags=re.DOTALL)
    middle = re.sub(r'<(\w+)[^>]*class="[^"]*faces-only[^"]*".*?</\1>', "", middle, flags=re.DOTALL)
    labels = re.findall(r'aria-label="([^"]*)"', middle)
    found = [" ".join(html.unescape(text).split()) for text in [*re.split(r"<[^>]*>", middle), *labels]]
    return [text for text in found if text]


def of_faces(found: list[str]) -> list[str]:
    return [text for text in found if OF_FACES.search(text)]


def test_report_does_not_mention_faces(client, course):
    held(course)
    session = held(course, day=1)
    found = texts(client, course, f"/sessions/{session.pk}/")
    assert of_faces(found) == []
    assert "This class ran without cameras." in found


def test_highlight_counts_students_present(client, course):
    session = held(course)
    found = texts(client, course, f"/sessions/{session.pk}/")
    assert "In this minute, 2 students said it was too fast or they were lost." in found
    assert "3 students were present." in found


def test_highlight_with_cameras_counts_readable_students(client):
    course = factories.course()
    session = held(course)
    found = texts(client, course, f"/sessions/{session.pk}/")
    assert "Based on 0 of 3 students present." in found


def test_leaving_students_are_a_highlight(client, course):
    session = held(course)
    at = session.started_at + timedelta(minutes=6)
    times = {"pending_at": at, "fired_at": at, "recovered_at": at}
    Alert.objects.create(session=session, kind="presence_low", figures={"present": 1, "peak": 4}, **times)
    assert "Alert: students were leaving." in texts(client, course, f"/sessions/{session.pk}/")


def test_class_comparison_does_not_mention_faces(client, course):
    held(course)
    assert of_faces(texts(client, course, f"/courses/{course.pk}/term/")) == []


def test_student_comparison_does_not_mention_faces(client, course):
    student = held(course).attendances.first().student
    assert of_faces(texts(client, course, f"/courses/{course.pk}/students/{student.pk}/")) == []


def test_alert_settings_say_which_alert_can_fire(client, course):
    found = texts(client, course, f"/courses/{course.pk}/alerts/")
    assert any("only “Students are leaving” can fire" in text for text in found)


def test_session_with_readings_still_mentions_faces(client, course):
    session = held(course, was_read=True)
    found = texts(client, course, f"/sessions/{session.pk}/")
    assert "Readable snapshots" in found
    assert "This class ran without cameras." not in found


def test_report_about_a_student_does_not_mention_faces(client, course):
    session = held(course)
    student = session.attendances.first().student
    for path, reader in ((f"students/{student.pk}/", None), ("mine/", student)):
        found = texts(client, course, f"/sessions/{session.pk}/{path}", reader=reader)
        assert of_faces(found) == []
        assert "This class ran without cameras." in found


@pytest.mark.parametrize("anonymous", [False, True])
def test_classes_from_before_the_camera_was_turned_on_do_not_mention_faces(client, course, anonymous):
    session = held(course, day=1)
    teacher, student = course.teachers.get(), session.attendances.first().student
    held(course)
    turn_camera_on(course=course, teacher=teacher, now=NOW + timedelta(days=2), anonymous=anonymous)
    about_class, about_student = f"/sessions/{session.pk}/", f"/sessions/{session.pk}/students/{student.pk}/"
    for path in (about_class, about_student):
        found = texts(client, course, path)
        assert of_faces(found) == []
        assert "This class ran without cameras." in found
    for path in (f"/courses/{course.pk}/term/", f"/courses/{course.pk}/students/{student.pk}/"):
        assert of_faces(texts(client, course, path)) == []


def test_class_in_which_the_camera_was_turned_on_mentions_faces(client, course):
    session = held(course)
    turn_camera_on(course=course, teacher=course.teachers.get(), now=NOW + timedelta(minutes=9))
    found = texts(client, course, f"/sessions/{session.pk}/")
    assert "No expression was read in this class." in found
    assert "Readable snapshots" in found
