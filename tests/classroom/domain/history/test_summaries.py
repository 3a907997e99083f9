from datetime import timedelta

import pytest

from classroom.domain.history.comparison import session_rows, sessions_held
from classroom.domain.history.rollups import roll_up
from classroom.domain.history.summaries import student_summaries
from classroom.domain.history.timeline import class_timeline, student_timeline
from classroom.domain.sessions import end_session
from tests import factories
from tests.factories import NOW, shares

pytestmark = pytest.mark.django_db
END = NOW + timedelta(minutes=1)


@pytest.fixture
def session():
    return factories.session()


def present(session, name, *, left_after_s=60.0):
    student = factories.student_of(session.course, name)
    student.enrolments.update(joined_at=NOW)
    factories.attendance(session, student, left_at=NOW + timedelta(seconds=left_after_s))
    return student


def summaries(session):
    end_session(session=session, now=END)
    session.refresh_from_db()
    return student_summaries(session=session, now=END)


def summary_of(session):
    [row] = session_rows(sessions=sessions_held(course=session.course), now=END)
    return row.summary


def test_shares_leave_out_missing_and_uncertain_faces(session):
    ada = present(session, "Ada")
    factories.reading(session, ada, after_s=1, expression="happy")
    factories.reading(session, ada, after_s=3, expression="sad")
    factories.reading(session, ada, after_s=5, expression="sad", uncertain="flat")
    factories.reading(session, ada, after_s=7, expression="")
    [row] = summaries(session)
    assert (row.readings, row.seen_share) == (4, 0.5)
    assert row.shares["happy"] == pytest.approx(0.375)
    assert row.shares["sad"] == pytest.approx(0.375)


def test_a_student_never_seen_has_no_shares_rather_than_noughts(session):
    present(session, "Ada")
    [row] = summaries(session)
    assert (row.readings, row.seen_share, row.shares, row.dominant, row.valence) == (0, None, None, None, None)


def test_time_present_adds_up_over_rejoins(session):
    ada = present(session, "Ada", left_after_s=12)
    factories.attendance(session, ada, joined_at=NOW + timedelta(seconds=30), left_at=NOW + timedelta(seconds=48))
    [row] = summaries(session)
    assert (row.minutes, row.rejoins) == (0.5, 1)
    assert (row.joined_at, row.left_at) == (NOW, NOW + timedelta(seconds=48))


def test_the_class_mean_weighs_students_the_same(session):
    ada, ben = present(session, "Ada"), present(session, "Ben")
    for second in range(9):
        factories.reading(session, ada, after_s=second, expression="happy")
    factories.reading(session, ben, after_s=1, expression="sad")
    summaries(session)
    summary = summary_of(session)
    assert summary.mean["happy"] == pytest.approx(summary.mean["sad"])
    assert (summary.attended, summary.enrolled, summary.readings, summary.seen_share) == (2, 2, 10, 1.0)


def test_those_who_enrol_later_were_not_missing(session):
    present(session, "Ada")
    summaries(session)
    factories.student_of(session.course)
    assert summary_of(session).enrolled == 1


def test_the_timeline_has_every_window_and_says_who_was_there(session):
    ada, ben = present(session, "Ada"), present(session, "Ben", left_after_s=15)
    factories.reading(session, ada, after_s=1, expression="happy")
    factories.reading(session, ben, after_s=2, expression="sad")
    factories.reading(session, ada, after_s=31, expression="neutral")
    summaries(session)
    timeline = class_timeline(session=session, until=END)
    assert [window["at"] - NOW.timestamp() for window in timeline] == [0, 10, 20, 30, 40, 50, 60]
    assert [window["seen"] for window in timeline] == [2, 0, 0, 1, 0, 0, 0]
    assert [window["present"] for window in timeline] == [2, 2, 1, 1, 1, 1, 1]
    assert timeline[1]["probabilities"] is None
    assert timeline[3]["probabilities"] == pytest.approx(shares("neutral"))


def test_a_student_s_timeline_is_hers_alone(session):
    ada, ben = present(session, "Ada", left_after_s=15), present(session, "Ben")
    factories.reading(session, ada, after_s=1, expression="happy")
    factories.reading(session, ben, after_s=1, expression="sad")
    summaries(session)
    windows = student_timeline(session=session, student=ada, until=END)
    assert windows[0]["probabilities"] == pytest.approx(shares("happy"))
    assert [window["present"] for window in windows] == [1, 1, 0, 0, 0, 0, 0]


def test_a_summary_of_one_student_equals_the_teacher_s_row(session):
    ada, _ = present(session, "Ada"), present(session, "Ben")
    factories.reading(session, ada, after_s=1)
    rows = summaries(session)
    assert student_summaries(session=session, now=END, student=ada) == rows[:1]


@pytest.mark.parametrize("students", [1, 3])
def test_the_report_takes_the_same_queries_for_one_and_three_students(
    client, session, students, django_assert_num_queries
):
    for number in range(students):
        factories.reading(session, present(session, f"Student {number}"), after_s=1)
    summaries(session)
    roll_up(session=session, now=END + timedelta(minutes=10))
    client.force_login(session.course.teachers.get())
    with django_assert_num_queries(10):
        client.get(f"/sessions/{session.pk}/")
