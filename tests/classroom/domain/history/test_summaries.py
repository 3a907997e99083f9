from datetime import timedelta

import pytest

from classroom.domain.history.comparison import session_rows, sessions_held
from classroom.domain.history.rollups import roll_up
from classroom.domain.history.summaries import student_summaries, student_summaries_by_session
from classroom.domain.sessions import end_session
from classroom.measures import SHOWN, mean
from classroom.models import StudentMinute
from classroom.models.expressions import SHOWN_FIELDS
from tests import factories
from tests.factories import NOW, shares

pytestmark = pytest.mark.django_db
END = NOW + timedelta(minutes=1)


@pytest.fixture
def session():
    return factories.session()


def attend(session, name, *, left_after_s=60.0):
    student = factories.student_of(session.course, name)
    student.enrolments.update(joined_at=NOW)
    factories.attendance(session, student, left_at=later(left_after_s))
    return student


def later(seconds):
    return NOW + timedelta(seconds=seconds)


def end_and_summarise(session, at=END):
    end_session(session=session, now=at)
    session.refresh_from_db()
    return student_summaries(session=session, now=at)


def make_uncounted(session):
    """Store the class like that, without its readings."""
    StudentMinute.objects.filter(session=session).update(**dict.fromkeys(SHOWN_FIELDS))
    session.readings.all().delete()


def summary_of_session(session):
    [row] = session_rows(sessions=sessions_held(course=session.course), now=END)
    return row.summary


def test_shares_leave_out_missing_and_uncertain_faces(session):
    ada = attend(session, "Ada")
    factories.reading(session, ada, after_s=1, expression="happy")
    factories.reading(session, ada, after_s=3, expression="sad")
    factories.reading(session, ada, after_s=5, expression="sad", uncertain="flat")
    factories.reading(session, ada, after_s=7, expression="")
    [summary] = end_and_summarise(session)
    assert (summary.readings, summary.seen_share) == (4, 0.5)
    assert summary.shares["happy"] == pytest.approx(0.375)
    assert summary.shares["sad"] == pytest.approx(0.375)


def test_shares_are_none_rather_than_zero_without_readings(session):
    attend(session, "Ada")
    [summary] = end_and_summarise(session)
    figures = (summary.readings, summary.seen_share, summary.shares, summary.dominant, summary.valence)
    assert figures == (0, None, None, None, None)


def test_minutes_add_up_over_rejoins(session):
    ada = attend(session, "Ada", left_after_s=12)
    factories.attendance(session, ada, joined_at=later(30), left_at=later(48))
    [summary] = end_and_summarise(session)
    assert (summary.minutes, summary.presence.rejoins) == (0.5, 1)
    assert (summary.presence.joined_at, summary.presence.left_at) == (NOW, later(48))


def test_minutes_count_overlapping_stays_once(session):
    """The clock was set back between the two stays: by the clock, Ada was present for eight minutes."""
    ada, ben = (attend(session, name, left_after_s=300) for name in ("Ada", "Ben"))
    factories.attendance(session, ada, joined_at=later(120), left_at=later(480))
    summaries = end_and_summarise(session, at=later(480))
    assert {summary.id: summary.minutes for summary in summaries} == {ada.pk: 8.0, ben.pk: 5.0}


def test_session_counts_each_student_once_in_a_window(session):
    ada, ben = attend(session, "Ada", left_after_s=29), attend(session, "Ben", left_after_s=29)
    for second in range(9):
        factories.reading(session, ada, after_s=second, expression="happy")
    factories.reading(session, ben, after_s=1, expression="sad")
    factories.reading(session, ben, after_s=11, uncertain="flat")
    end_and_summarise(session)
    summary = summary_of_session(session)
    assert summary.counts == {**dict.fromkeys(SHOWN, 0), "happy": 1, "sad": 1, "uncertain": 1, "unread": 3}
    assert (summary.negative, summary.mix["happy"], summary.mix["unread"]) == (0.5, 1 / 6, 0.5)
    assert (summary.attended, summary.enrolled, summary.readings) == (2, 2, 11)


def test_student_counts_by_the_mean_of_each_window(session):
    ada = attend(session, "Ada", left_after_s=19)
    for second, expression in ((1, "sad"), (3, "neutral"), (5, "neutral"), (11, "sad"), (13, "sad")):
        factories.reading(session, ada, after_s=second, expression=expression)
    [summary] = end_and_summarise(session)
    assert summary.counts == {**dict.fromkeys(SHOWN, 0), "neutral": 1, "sad": 1}
    assert (summary.negative, summary.dominant) == (0.5, "neutral")


def test_class_from_before_students_were_counted_keeps_its_means(session):
    for name, expression in (("Ada", "happy"), ("Ben", "sad")):
        factories.reading(session, attend(session, name), after_s=1, expression=expression)
    end_session(session=session, now=END)
    make_uncounted(session)
    summary = summary_of_session(session)
    assert (summary.counts, summary.seen) == (None, 2)
    assert summary.mix == summary.mean == pytest.approx(mean([shares("happy"), shares("sad")]))
    assert summary.negative == pytest.approx(0.525)


def test_summary_of_one_student_equals_the_teachers_row(session):
    ada, _ = attend(session, "Ada"), attend(session, "Ben")
    factories.reading(session, ada, after_s=1)
    summaries = end_and_summarise(session)
    only = student_summaries_by_session(sessions=[session], now=END, student=ada)
    assert only == {session.pk: summaries[:1]}


def test_reading_before_the_start_counts_once_when_the_clock_was_set_back():
    session = factories.session(started_at=later(30))
    ada = attend(session, "Ada", left_after_s=120)
    factories.reading(session, ada, after_s=-15, seq=1)
    for second in (5, 31, 95):
        factories.reading(session, ada, after_s=second)
        roll_up(session=session, now=later(second + 60))
    [summary] = end_and_summarise(session, at=later(120))
    assert (summary.readings, summary.certain) == (4, 4)
