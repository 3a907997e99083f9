"""What was shown live, what a preview gives and what the report has are the same."""

from datetime import timedelta

import pytest

from classroom.alert_rules import Rule
from classroom.domain.alerts.evaluation import evaluate_alerts
from classroom.domain.alerts.records import rules_for, save_rules
from classroom.domain.alerts.replay import replay_session
from classroom.domain.alerts.signals import signals_between
from classroom.domain.history.highlights import find_highlights
from classroom.domain.history.rollups import roll_up
from classroom.domain.history.summaries import student_summaries
from classroom.domain.history.timeline import LONGEST_GAP, class_timeline
from classroom.domain.live.state import live_class, live_state
from classroom.domain.self_reports import answers_by_window, record_answer
from classroom.domain.sessions import close_idle_sessions, end_session
from classroom.measures import WINDOW_S, GivenAnswer
from classroom.models import Attendance, Reading, Stay
from classroom.rounding import rounded_minutes, rounded_share, whole_minutes, whole_percent
from tests import factories
from tests.classroom.domain.history.session_shapes import SHAPES, Shape, session_of_shape
from tests.classroom.episodes import replay
from tests.factories import NOW, shares

pytestmark = pytest.mark.django_db
QUICK = [
    Rule("student_negative", True, enter=0.4, leave=0.35, hold_s=10, recover_s=5, cooldown_s=20),
    Rule("student_away", True, enter=0.3, leave=0.2, hold_s=15, recover_s=10, cooldown_s=0),
    Rule("class_negative", True, enter=0.2, leave=0.1, hold_s=10, recover_s=5, cooldown_s=30),
    Rule("presence_low", True, enter=0.2, leave=0.15, hold_s=10, recover_s=5, cooldown_s=10),
]


def later(seconds):
    return NOW + timedelta(seconds=seconds)


def present(session, count, *, until_s=None):
    end = later(until_s) if until_s else None
    return [
        factories.attendance(session, factories.student_of(session.course), left_at=end).student for _ in range(count)
    ]


@pytest.mark.parametrize("seed", range(2))
def test_a_preview_of_the_same_rules_gives_what_fired_live(seed):
    shape = Shape(students=5, seconds=240, every_s=3)
    session = session_of_shape(shape, seed)
    Stay.objects.filter(left_at=None).update(left_at=shape.starts + timedelta(seconds=shape.seconds))
    save_rules(course=session.course, rules=QUICK)
    for second in range(0, shape.seconds, 11):
        evaluate_alerts(session=session, now=shape.starts + timedelta(seconds=second))
    end_session(session=session, now=shape.starts + timedelta(seconds=shape.seconds))
    session.refresh_from_db()
    fired = sorted(session.alerts.values_list("kind", "student", "pending_at", "fired_at", "recovered_at"), key=str)
    found = replay_session(session=session, rules=rules_for(session.course), now=later(9000))
    assert len(fired) > 2
    assert fired == sorted(
        [(a.kind, a.student and a.student.pk, a.pending_at, a.fired_at, a.recovered_at) for a in found], key=str
    )


@pytest.mark.parametrize(("gone", "peak", "percent"), [(2, 10, 20), (3, 10, 30), (3, 20, 15), (1, 4, 25), (7, 100, 7)])
def test_students_leaving_fire_and_recover_exactly_at_the_threshold(gone, peak, percent):
    session = factories.session()
    present(session, peak - gone)
    present(session, gone, until_s=12)
    Stay.objects.update(last_seen_at=later(3600))
    T0 = NOW.timestamp()
    seen = list(signals_between(session=session, after=T0, until=T0 + 60, peak=0, now=later(60)))
    series = [(signals.at, signals.values["presence_low", None]) for signals in seen]
    at_it = Rule("presence_low", True, enter=percent / 100, leave=0.01, hold_s=10, recover_s=0, cooldown_s=0)
    assert len(replay(series, at_it)) == 1
    series += [(at + 3600, 1.0) for at, _ in series[:2]] + [(at + 3600, value) for at, value in series[2:]]
    over_at_it = Rule("presence_low", True, enter=0.9, leave=percent / 100, hold_s=10, recover_s=5, cooldown_s=0)
    [episode] = replay(series, over_at_it)
    assert episode.recovered_at is not None


@pytest.mark.parametrize("present", [20, 30, 70, 110])
def test_a_tenth_of_those_present_is_enough_of_a_call(present):
    windows = [
        {"at": 600 + second, "probabilities": None, "seen": 0, "present": present} for second in range(0, 60, WINDOW_S)
    ]
    said = [GivenAnswer(student, 610.0, "lost") for student in range(present // 10)]
    assert [each.count for each in find_highlights(windows=windows, said=said, class_alerts=[])] == [present // 10]
    assert find_highlights(windows=windows, said=said[1:], class_alerts=[]) == []


def test_a_corrected_answer_is_the_same_live_and_in_the_report():
    session = factories.session()
    [student] = present(session, 1)
    live = live_class(session=session, now=NOW)
    for answer, second in (("lost", 8), ("all_good", 11)):
        report = record_answer(session=session, student=student, answer=answer, now=later(second))
        at = report.at.timestamp()
        live.apply_answer(student.pk, {"answer": report.answer, "at": at}, at)
    starts = [int(NOW.timestamp()), int(NOW.timestamp()) + 10]
    assert live.response_log.windows(starts) == answers_by_window(session=session, until=later(25))


@pytest.mark.parametrize("seed", range(3))
def test_a_live_window_is_the_report_s(seed):
    session = factories.session()
    students = present(session, 4)
    Stay.objects.update(last_seen_at=later(3600))
    source = session_of_shape(Shape(students=4, seconds=60, starts=NOW), seed)
    mapped = dict(zip(source.attendances.values_list("student", flat=True), students, strict=True))
    readings = list(source.readings.all())
    for reading in readings:
        reading.pk, reading.session, reading.student = None, session, mapped[reading.student_id]
    Reading.objects.bulk_create(readings)
    live = live_class(session=session, now=later(20))
    live.closed_window -= 2 * WINDOW_S
    windows = live.close_windows(later(22.5).timestamp())
    stored = class_timeline(session=session, until=later(22.5))
    assert [each["at"] for each in windows] == [each["at"] for each in stored[-2:]]
    # The live class keeps the last twenty seconds: its newest window is whole.
    assert (windows[-1]["seen"], windows[-1]["present"]) == (stored[-1]["seen"], stored[-1]["present"])
    assert windows[-1]["probabilities"] == pytest.approx(stored[-1]["probabilities"], abs=1e-9)


def test_the_state_s_answers_and_timeline_are_the_report_s():
    shape = SHAPES["three"]
    session = session_of_shape(shape, seed=5)
    end = shape.starts + timedelta(seconds=shape.seconds)
    state = live_state(session=session, now=end)
    end_session(session=session, now=end)
    session.refresh_from_db()
    timeline = class_timeline(session=session, until=end + timedelta(hours=1))
    closed = len(state["timeline"])
    assert closed >= len(timeline) - 2
    assert [(each["at"], each["seen"]) for each in state["timeline"]] == [
        (each["at"], each["seen"]) for each in timeline[:closed]
    ]


def test_in_a_session_that_closed_itself_each_was_there_until_she_was_last_heard_of():
    session = factories.session()
    for seconds in (600, 650):
        [student] = present(session, 1)
        Stay.objects.filter(attendance__student=student).update(last_seen_at=later(seconds))
    close_idle_sessions(now=later(7200))
    session.refresh_from_db()
    assert session.ended_at == later(650)
    assert sorted(Stay.objects.values_list("left_at", flat=True)) == [later(600), later(650)]


def test_a_session_forgotten_for_twenty_days_has_a_short_timeline():
    session = factories.session()
    [student] = present(session, 1, until_s=95)
    factories.attendance(session, student, joined_at=later(86400 * 10), left_at=later(86400 * 10 + 15))
    for second in (3, 33, 86400 * 10 + 4):
        factories.reading(session, student, after_s=second)
    end_session(session=session, now=later(86400 * 20))
    session.refresh_from_db()
    timeline = class_timeline(session=session, until=later(86400 * 21))
    starts = [each["at"] - NOW.timestamp() for each in timeline]
    there = [each["at"] - NOW.timestamp() for each in timeline if each["present"]]
    assert there == [*range(0, 100, 10), 864000, 864010]
    assert starts == [*range(0, 110, 10), 863990, 864000, 864010, 864020, 86400 * 20]
    assert session.windows.count() == len(there)


def test_a_silence_of_an_hour_has_all_its_windows():
    session = factories.session()
    end_session(session=session, now=later(LONGEST_GAP * WINDOW_S - 1))
    session.refresh_from_db()
    assert len(class_timeline(session=session, until=later(9000))) == LONGEST_GAP


def test_alerts_over_a_long_silence_are_those_of_a_look_at_every_moment():
    session = factories.session()
    save_rules(course=session.course, rules=QUICK)
    [student] = present(session, 1, until_s=60)
    for start in (0, 20_000):
        Reading.objects.bulk_create(
            Reading(
                session=session,
                student=student,
                seq=second,
                model="test",
                faces=1,
                expression="sad",
                captured_at=later(start + second),
                received_at=later(start + second),
                **shares("sad", 0.9),
            )
            for second in range(1, 60, 2)
        )
    Attendance.objects.update(camera="paused")
    for second in range(0, 20_200, 500):
        evaluate_alerts(session=session, now=later(second))
    end_session(session=session, now=later(40_000))
    session.refresh_from_db()
    fired = list(session.alerts.values_list("fired_at", "recovered_at"))
    found = replay_session(session=session, rules=rules_for(session.course), now=later(50_000))
    assert len(fired) == 2
    assert fired == [(each.fired_at, each.recovered_at) for each in found]


def test_stays_that_overlap_count_once():
    """A clock was set back between them: by the clock she was there for eight minutes."""
    session = factories.session()
    students = present(session, 4, until_s=300)
    factories.attendance(session, students[0], joined_at=later(120), left_at=later(480))
    end_session(session=session, now=later(480))
    session.refresh_from_db()
    minutes = {row.id: row.minutes for row in student_summaries(session=session, now=later(500))}
    assert minutes == {each.pk: 8.0 if each == students[0] else 5.0 for each in students}
    T0 = NOW.timestamp()
    seen = signals_between(session=session, after=T0, until=T0 + 475, peak=0, now=later(500))
    assert {(signals.present, signals.peak) for signals in seen} == {(4, 4), (1, 4)}


def test_a_reading_from_before_the_start_by_a_clock_set_back_is_counted_once():
    session = factories.session(started_at=later(30))
    [student] = present(session, 1, until_s=120)
    factories.reading(session, student, after_s=-15, seq=1)
    for second in (5, 31, 95):
        factories.reading(session, student, after_s=second)
        roll_up(session=session, now=later(second + 60))
    end_session(session=session, now=later(120))
    session.refresh_from_db()
    [row] = student_summaries(session=session, now=later(500))
    assert (row.readings, row.certain) == (4, 4)


@pytest.mark.parametrize(
    ("share", "shown"), [(0.125, 13), (0.285, 29), (0.005, 1), (0.00494, 0), (0.0, 0), (1.0, 100), (2 / 3, 67)]
)
def test_a_percent_is_the_export_s_figure_rounded_halves_up(share, shown):
    assert whole_percent(share) == whole_percent(rounded_share(share)) == shown


@pytest.mark.parametrize(("minutes", "shown"), [(0.5, 1), (2.5, 3), (2.449, 2), (2.4501, 3), (44.0, 44)])
def test_whole_minutes_are_the_export_s_figure_rounded_halves_up(minutes, shown):
    assert whole_minutes(minutes) == whole_minutes(rounded_minutes(minutes)) == shown
