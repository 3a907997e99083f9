"""The first sentences of a report, from real sessions and from stated summaries."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from classroom.domain.history.session_report import build_session_report
from classroom.domain.sessions import end_session
from classroom.models import Alert, Enrolment, SelfReport
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
MINUTE = timedelta(minutes=1)
END = NOW + 30 * MINUTE


@pytest.fixture
def session():
    return factories.session(factories.course())


def enrolled(session, count):
    students = [factories.student_of(session.course, f"Student {number}") for number in range(count)]
    Enrolment.objects.update(joined_at=NOW)
    return students


def attend(session, *students, joined=0, left=30, reads=10, expression="happy"):
    for student in students:
        factories.attendance(session, student, joined_at=NOW + joined * MINUTE, left_at=NOW + left * MINUTE)
        for number in range(reads):
            factories.reading(session, student, after_s=600 + number, expression=expression)


def verdict_of(session):
    if session.is_running:
        end_session(session=session, now=END)
        session.refresh_from_db()
    return build_session_report(session=session, now=END).verdict


def test_verdict_of_a_punctual_class_where_nothing_stood_out(session):
    attend(session, *enrolled(session, 3))
    assert verdict_of(session) == [
        "All 3 students came.",
        "Faces were readable in 100 % of snapshots; no moment stood out.",
    ]


def test_verdict_counts_absent_late_and_left_early(session):
    first, second, third, *_absent = enrolled(session, 5)
    attend(session, first)
    attend(session, second, joined=6)
    attend(session, third, left=20)
    assert verdict_of(session)[0] == "3 of 5 students came; 1 arrived late and 1 left early."


def test_verdict_names_only_what_happened(session):
    first, second = enrolled(session, 2)
    attend(session, first)
    attend(session, second, joined=6)
    assert verdict_of(session)[0] == "All 2 students came; 1 arrived late."


def test_verdict_is_hedged_when_few_could_be_read(session):
    first, second, third = enrolled(session, 3)
    attend(session, first)
    attend(session, second, third, expression="")
    assert verdict_of(session)[1] == (
        "Only 1 of 3 students and 33 % of snapshots were readable, so expressions say little here; no moment stood out."
    )


def test_verdict_about_the_only_student_counts_no_students(session):
    [student] = enrolled(session, 1)
    attend(session, student, reads=1)
    for number in range(3):
        factories.reading(session, student, after_s=700 + number, expression="")
    assert verdict_of(session) == [
        "The only student came.",
        "Only 25 % of snapshots were readable, so expressions say little here; no moment stood out.",
    ]


def test_verdict_without_a_readable_face_says_nothing_about_expressions(session):
    attend(session, *enrolled(session, 2), expression="")
    assert verdict_of(session)[1] == (
        "No face was readable, so nothing can be said about expressions; no moment stood out."
    )


def test_verdict_of_a_course_without_cameras_leaves_faces_out(session):
    session.course.mode = "answers"
    session.course.save()
    students = enrolled(session, 3)
    attend(session, *students, reads=0)
    for student in students[:2]:
        SelfReport.objects.create(session=session, student=student, answer="lost", at=NOW + 10 * MINUTE)
    assert verdict_of(session)[1] == "At 10:10, 2 students said they were lost or it was too fast."


def test_verdict_names_the_strongest_moment_in_the_readers_zone(session):
    students = enrolled(session, 4)
    attend(session, *students)
    for student in students[:2]:
        SelfReport.objects.create(session=session, student=student, answer="lost", at=NOW + 10 * MINUTE)
    at = NOW + 20 * MINUTE
    Alert.objects.create(
        session=session, kind="presence_low", pending_at=at, fired_at=at, figures={"present": 1, "peak": 4}
    )
    with timezone.override("Asia/Kolkata"):
        assert verdict_of(session)[1].endswith("; at 15:50, students were leaving.")


@pytest.mark.services
def test_verdict_when_all_are_absent(session):
    enrolled(session, 3)
    assert verdict_of(session) == ["None of the 3 students came."]


def test_verdict_of_an_empty_course(session):
    assert verdict_of(session) == ["Nobody joined this class."]


@pytest.mark.services
def test_verdict_is_in_the_readers_language(session):
    enrolled(session, 3)
    with translation.override("hi"):
        assert verdict_of(session) == ["3 विद्यार्थियों में से कोई नहीं आया।"]


def test_every_sentence_of_the_verdict_ends_as_in_the_readers_language(session):
    attend(session, *enrolled(session, 1))
    with translation.override("hi"):
        assert [sentence[-1] for sentence in verdict_of(session)] == ["।", "।"]
