"""Every figure of a session that is over, against a plain recomputation from its rows."""

import csv
import io
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from classroom.domain.history.comparison import session_rows, sessions_held, sessions_of_student, student_rows
from classroom.domain.history.rollups import roll_up
from classroom.domain.history.session_report import build_session_report, build_student_report
from classroom.domain.history.summaries import student_summaries
from classroom.domain.history.timeline import class_timeline, student_timeline
from classroom.domain.sessions import close_idle_sessions, end_session
from classroom.measures import EXPRESSIONS, NEGATIVE
from classroom.models import Enrolment, Reading, SelfReport, Stay, StudentMinute
from classroom.views import csv_tables
from tests.classroom.domain.history.odd_sessions import SHAPES, odd_session

pytestmark = pytest.mark.django_db
CLOSE = 1e-9
shapes = pytest.mark.parametrize("name", SHAPES)
small_shapes = pytest.mark.parametrize("name", [name for name in SHAPES if name != "large"])


def over(name, *, bit_by_bit=False):
    """The session, ended as its shape says; rolled up only then, or also every few minutes before."""
    shape = SHAPES[name]
    session = odd_session(shape, seed=len(name))
    end = shape.starts + timedelta(seconds=shape.seconds)
    if bit_by_bit:
        for seconds in range(45, shape.seconds, 125):
            roll_up(session=session, now=shape.starts + timedelta(seconds=seconds))
    if shape.closes_itself:
        close_idle_sessions(now=end + timedelta(hours=1))
    else:
        end_session(session=session, now=end - timedelta(seconds=shape.jumps_back_s))
    session.refresh_from_db()
    return session, end + timedelta(hours=2)


def shares_of(readings):
    certain = [each for each in readings if each.faces and not each.uncertain]
    if not certain:
        return None
    return {name: sum(getattr(each, name) for each in certain) / len(certain) for name in EXPRESSIONS}


def by_student(rows, key=lambda row: row.student_id):
    found = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def seconds_there(stays):
    """Each millisecond once, however many stays it lies in."""
    stretches = sorted((stay.joined_at, stay.left_at) for stay in stays)
    total, reached = timedelta(0), stretches[0][0]
    for start, end in stretches:
        total += max(end, reached) - max(start, reached)
        reached = max(end, reached)
    return total.total_seconds()


def window_of(at):
    return int(at.timestamp()) // 10 * 10


def windows_by_hand(session, readings, stays):
    """start: (seen, present, probabilities), each worked out alone."""
    found = {}
    last = window_of(session.ended_at)
    per_window = by_student(readings, key=lambda each: window_of(each.captured_at))
    spans = [(stay.attendance.student_id, stay.joined_at.timestamp(), stay.left_at.timestamp()) for stay in stays]
    for at in range(window_of(session.started_at), last + 1, 10):
        means = [shares_of(own) for own in by_student(per_window.get(at, [])).values()]
        means = [each for each in means if each]
        mean = {name: sum(each[name] for each in means) / len(means) for name in EXPRESSIONS} if means else None
        present = {student for student, joined, left in spans if joined < at + 10 and left >= at}
        found[at] = (len(means), len(present), mean)
    return found


def assert_timeline(timeline, expected):
    assert [(each["at"], each["seen"], each["present"]) for each in timeline] == [
        (at, seen, present) for at, (seen, present, _) in expected.items()
    ]
    for window in timeline:
        mean = expected[window["at"]][2]
        assert (window["probabilities"] is None) == (mean is None)
        if mean:
            assert window["probabilities"] == pytest.approx(mean, abs=CLOSE)


@shapes
def test_each_student_s_figures_are_those_of_her_rows(name):
    session, now = over(name)
    readings = by_student(session.readings.all())
    stays = by_student(
        Stay.objects.filter(attendance__session=session).select_related("attendance"),
        key=lambda stay: stay.attendance.student_id,
    )
    said = by_student(SelfReport.objects.filter(session=session))
    rows = student_summaries(session=session, now=now)
    assert len(rows) == SHAPES[name].students
    for row in rows:
        own = readings.get(row.id, [])
        certain = sum(each.faces > 0 and not each.uncertain for each in own)
        assert (row.readings, row.certain) == (len(own), certain)
        assert row.seen_share == (certain / len(own) if own else None)
        shares = shares_of(own)
        assert (row.shares is None) == (shares is None)
        if shares:
            assert row.shares == pytest.approx(shares, abs=CLOSE)
            assert row.negative == pytest.approx(sum(shares[each] for each in NEGATIVE), abs=CLOSE)
        assert row.minutes == pytest.approx(seconds_there(stays[row.id]) / 60, abs=CLOSE)
        assert row.rejoins == len(stays[row.id]) - 1
        assert row.joined_at == min(stay.joined_at for stay in stays[row.id])
        assert row.left_at == max(stay.left_at for stay in stays[row.id])
        assert row.answers == Counter(each.answer for each in said.get(row.id, []))


@small_shapes
def test_the_class_s_figures_are_those_of_its_students(name):
    session, now = over(name)
    [row] = session_rows(sessions=sessions_held(course=session.course), now=now)
    means = [shares_of(own) for own in by_student(session.readings.all()).values()]
    means = [each for each in means if each]
    there = by_student(Stay.objects.filter(attendance__session=session), key=lambda stay: stay.attendance_id)
    summary = row.summary
    students = SHAPES[name].students
    assert (summary.attended, summary.enrolled, summary.seen) == (students, students, len(means))
    assert summary.readings == session.readings.count()
    assert summary.answers == Counter(SelfReport.objects.filter(session=session).values_list("answer", flat=True))
    assert (summary.mean is None) == (not means)
    for each in EXPRESSIONS if means else []:
        assert summary.mean[each] == pytest.approx(sum(mean[each] for mean in means) / len(means), abs=CLOSE)
    if there:
        total = sum(seconds_there(stays) for stays in there.values())
        assert summary.minutes == pytest.approx(total / len(there) / 60, abs=CLOSE)
    else:
        assert summary.minutes is None
    review = build_session_report(session=session, now=now)
    assert (review.row.summary, review.row.students) == (summary, row.students)
    assert summary.alerts == session.alerts.count()


@shapes
def test_the_timeline_is_that_of_the_rows(name):
    session, now = over(name, bit_by_bit=True)
    stays = Stay.objects.filter(attendance__session=session).select_related("attendance")
    expected = windows_by_hand(session, session.readings.all(), stays)
    assert_timeline(class_timeline(session=session, until=now), expected)
    assert session.windows.count() == sum(seen + present > 0 for seen, present, _ in expected.values())


@small_shapes
def test_a_student_s_timeline_is_that_of_her_rows(name):
    session, now = over(name)
    for attendance in session.attendances.all():
        stays = list(attendance.stays.select_related("attendance"))
        expected = windows_by_hand(session, session.readings.filter(student=attendance.student_id), stays)
        assert_timeline(student_timeline(session=session, student=attendance.student_id, until=now), expected)


@small_shapes
def test_the_minutes_hold_every_reading_once(name):
    session, _ = over(name, bit_by_bit=True)
    of_minutes = Counter()
    for minute in StudentMinute.objects.filter(session=session):
        of_minutes[minute.student_id] += minute.readings
    assert of_minutes == Counter(session.readings.values_list("student_id", flat=True))


@small_shapes
def test_what_was_said_is_counted_in_the_windows_it_held_in(name):
    session, now = over(name)
    held = {}
    for own in by_student(SelfReport.objects.filter(session=session)).values():
        own.sort(key=lambda each: each.at)
        for each, following in zip(own, [*own[1:], None], strict=True):
            end = min(each.at + timedelta(minutes=3), following.at if following else each.at + timedelta(minutes=3))
            for at in range(window_of(each.at), int(end.timestamp()) + 10, 10):
                if at < end.timestamp() and at <= session.ended_at.timestamp():
                    held[at, each.student_id] = each.answer
    expected = {}
    for (at, _), answer in held.items():
        expected.setdefault(at, Counter())[answer] += 1
    found = build_session_report(session=session, now=now).answers
    assert {each["at"]: +Counter(each["answers"]) for each in found} == expected


@small_shapes
def test_the_exports_have_the_same_figures(name, settings):
    settings.TIME_ZONE = "Europe/Stockholm"
    with timezone.override("Europe/Stockholm"):
        session, now = over(name)
        rows = student_summaries(session=session, now=now)
        students = read(csv_tables.csv_text(csv_tables.student_table(rows)))
        came = read(csv_tables.csv_text(csv_tables.attendance_table(rows)))
        [line] = read(
            csv_tables.csv_text(
                csv_tables.session_table(session_rows(sessions=sessions_held(course=session.course), now=now))
            )
        )
        readings = read("".join(csv_tables.reading_chunks(session)).lstrip(csv_tables.BOM))
    assert [int(each["student"]) for each in students] == [row.id for row in rows]
    for row, one, other in zip(rows, students, came, strict=True):
        assert one["name"].removeprefix("'") == other["name"].removeprefix("'") == row.name
        assert float(one["minutes_present"]) == float(other["minutes_present"]) == round(row.minutes, 1)
        assert one["happy"] == (str(round(row.shares["happy"], 4)) if row.shares else "")
        assert timezone.datetime.fromisoformat(other["first_joined_at"]) == to_milliseconds(row.joined_at)
        assert timezone.datetime.fromisoformat(other["last_left_at"]) == to_milliseconds(row.left_at)
    assert int(line["readings"]) == len(readings) == Reading.objects.filter(session=session).count()
    for reading, text in zip(session.readings.order_by("captured_at", "pk"), readings, strict=True):
        assert timezone.datetime.fromisoformat(text["captured_at"]) == reading.captured_at
        assert text["sad"] == ("" if reading.sad is None else str(round(reading.sad, 4)))


def read(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def to_milliseconds(at):
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


@small_shapes
def test_a_student_s_own_page_and_way_have_the_teacher_s_figures(name):
    session, now = over(name)
    for row in student_summaries(session=session, now=now):
        assert build_student_report(session=session, student=row.id, now=now).summary == row
        student = session.attendances.get(student=row.id).student
        held = sessions_of_student(course=session.course, student=student)
        assert [each.summary for each in student_rows(sessions=held, student=student, now=now)] == [row]


def test_one_removed_from_the_course_since_was_enrolled_when_she_attended():
    session, now = over("three")
    Enrolment.objects.filter(course=session.course).first().delete()
    [row] = session_rows(sessions=sessions_held(course=session.course), now=now)
    assert (row.summary.attended, row.summary.enrolled) == (3, 3)
