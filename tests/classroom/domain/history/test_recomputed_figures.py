"""Every figure of an ended session, against a plain recomputation from its rows."""

import csv
import io
from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from classroom.domain.history.comparison import session_rows, sessions_held, sessions_of_student, student_rows
from classroom.domain.history.rollups import roll_up
from classroom.domain.history.session_report import build_session_report, build_student_report
from classroom.domain.history.summaries import student_summaries
from classroom.domain.history.timeline import class_timeline, student_timeline
from classroom.domain.sessions import close_idle_sessions, end_session
from classroom.measures import EXPRESSIONS, NEGATIVE, SHOWN
from classroom.models import Reading, SelfReport, Stay, StudentMinute
from classroom.views import csv_tables, table_files
from tests.classroom.domain.history.session_shapes import SHAPES, session_of_shape

pytestmark = pytest.mark.django_db
TOLERANCE = 1e-9
SMALL_SHAPES = [name for name in SHAPES if name != "large"]


def ended_session(name, *, step_by_step=False):
    """The session of a shape, ended as the shape says, a time after its end, and its number of students. It is rolled
    up only at its end, or also every few minutes before that."""
    shape = SHAPES[name]
    session = session_of_shape(shape, seed=len(name))
    end = shape.starts + timedelta(seconds=shape.seconds)
    if step_by_step:
        for seconds in range(45, shape.seconds, 125):
            roll_up(session=session, now=shape.starts + timedelta(seconds=seconds))
    if shape.closes_itself:
        close_idle_sessions(now=end + timedelta(hours=1))
    else:
        end_session(session=session, now=end - timedelta(seconds=shape.jumps_back_s))
    session.refresh_from_db()
    return session, end + timedelta(hours=2), shape.students


@pytest.fixture(scope="module")
def ended(request, django_db_setup, django_db_blocker):
    """ended_session, made once for all tests of a shape, which only read."""
    name, step_by_step = request.param
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):  # a fast one
            made = ended_session(name, step_by_step=step_by_step)
        yield made
        transaction.set_rollback(True)


def of_shapes(names, *, step_by_step=False):
    params = [pytest.param((name, step_by_step), id=name) for name in names]
    return pytest.mark.parametrize("ended", params, indirect=True, scope="module")


def mean_shares(readings):
    certain = [each for each in readings if each.faces and not each.uncertain]
    if not certain:
        return None
    return {name: sum(getattr(each, name) for each in certain) / len(certain) for name in EXPRESSIONS}


def group_by(rows, key=lambda row: row.student_id):
    groups = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def seconds_present(stays):
    """Count each millisecond once, however many stays contain it."""
    spans = sorted((stay.joined_at, stay.left_at) for stay in stays)
    total, reached = timedelta(0), spans[0][0]
    for start, end in spans:
        total += max(end, reached) - max(start, reached)
        reached = max(end, reached)
    return total.total_seconds()


def window_containing(at):
    return int(at.timestamp()) // 10 * 10


def shown_in_window(readings):
    """Return what a student's tile shows in a window with these readings."""
    mean = mean_shares(readings)
    if mean is None:
        return "uncertain" if any(each.faces for each in readings) else "unread"
    return max(EXPRESSIONS, key=lambda name: mean[name])


def windows_of(readings):
    return group_by(readings, key=lambda each: window_containing(each.captured_at))


def stay_windows(stays):
    """The starts of the windows that the stays touch."""
    return {
        at
        for stay in stays
        for at in range(window_containing(stay.joined_at), window_containing(stay.left_at) + 10, 10)
    }


def recompute_counts(readings, stays):
    """In how many windows the tile of one student shows what."""
    counts = Counter(shown_in_window(own) for own in windows_of(readings).values())
    del counts["unread"]
    counts["unread"] = max(0, len(stay_windows(stays)) - counts.total())
    return {name: counts[name] for name in SHOWN}


def recompute_windows(session, readings, stays):
    """start: (seen, present, counts, mean of the students), each window computed by itself."""
    windows = {}
    last = window_containing(session.ended_at)
    per_window = windows_of(readings)
    spans = [(stay.attendance.student_id, stay.joined_at.timestamp(), stay.left_at.timestamp()) for stay in stays]
    for at in range(window_containing(session.started_at), last + 1, 10):
        by_student = group_by(per_window.get(at, []))
        shown = Counter(shown_in_window(own) for own in by_student.values())
        present = {student for student, joined, left in spans if joined < at + 10 and left >= at} | by_student.keys()
        seen = sum(shown[name] for name in EXPRESSIONS)
        shown["unread"] = len(present) - seen - shown["uncertain"]
        mean = mean_shares(per_window.get(at, [])) if len(by_student) == 1 else None
        windows[at] = (seen, len(present), {name: shown[name] for name in SHOWN}, mean)
    return windows


def assert_timeline(timeline, expected):
    assert [(each["at"], each["seen"], each["present"], each["counts"]) for each in timeline] == [
        (at, seen, present, counts) for at, (seen, present, counts, _) in expected.items()
    ]
    assert all(sum(each["counts"].values()) == each["present"] for each in timeline)


@of_shapes(SHAPES)
def test_student_summaries_match_the_rows(ended):
    session, now, students = ended
    readings = group_by(session.readings.all())
    stays = group_by(
        Stay.objects.filter(attendance__session=session).select_related("attendance"),
        key=lambda stay: stay.attendance.student_id,
    )
    answers = group_by(SelfReport.objects.filter(session=session))
    summaries = student_summaries(session=session, now=now)
    assert len(summaries) == students
    for summary in summaries:
        own = readings.get(summary.id, [])
        certain = sum(each.faces > 0 and not each.uncertain for each in own)
        assert (summary.readings, summary.certain) == (len(own), certain)
        assert summary.seen_share == (certain / len(own) if own else None)
        shares = mean_shares(own)
        assert (summary.shares is None) == (shares is None)
        if shares:
            assert summary.shares == pytest.approx(shares, abs=TOLERANCE)
        counts = recompute_counts(own, stays[summary.id])
        assert summary.counts == counts
        seen = sum(counts[each] for each in EXPRESSIONS)
        assert summary.negative == (sum(counts[each] for each in NEGATIVE) / seen if seen else None)
        assert summary.minutes == pytest.approx(seconds_present(stays[summary.id]) / 60, abs=TOLERANCE)
        assert summary.presence.rejoins == len(stays[summary.id]) - 1
        assert summary.presence.joined_at == min(stay.joined_at for stay in stays[summary.id])
        assert summary.presence.left_at == max(stay.left_at for stay in stays[summary.id])
        assert summary.answers == Counter(each.answer for each in answers.get(summary.id, []))


@of_shapes(SMALL_SHAPES)
def test_session_summary_matches_its_students_rows(ended):
    session, now, students = ended
    [row] = session_rows(sessions=sessions_held(course=session.course), now=now)
    means = [mean_shares(own) for own in group_by(session.readings.all()).values()]
    means = [each for each in means if each]
    stays = group_by(Stay.objects.filter(attendance__session=session), key=lambda stay: stay.attendance_id)
    summary = row.summary
    assert (summary.attended, summary.enrolled, summary.seen) == (students, students, len(means))
    assert summary.readings == session.readings.count()
    assert summary.answers == Counter(SelfReport.objects.filter(session=session).values_list("answer", flat=True))
    readings = group_by(session.readings.all())
    of_students = [
        recompute_counts(readings.get(each.student_id, []), stays[each.pk]) for each in session.attendances.all()
    ]
    assert summary.counts == {name: sum(counts[name] for counts in of_students) for name in SHOWN}
    assert summary.mean is None
    if stays:
        total = sum(seconds_present(own) for own in stays.values())
        assert summary.minutes == pytest.approx(total / len(stays) / 60, abs=TOLERANCE)
    else:
        assert summary.minutes is None
    report = build_session_report(session=session, now=now)
    assert (report.row.summary, report.row.students) == (summary, row.students)
    assert summary.alerts == session.alerts.count()


@of_shapes(SHAPES, step_by_step=True)
def test_class_timeline_matches_the_rows(ended):
    session, now, _ = ended
    stays = Stay.objects.filter(attendance__session=session).select_related("attendance")
    expected = recompute_windows(session, session.readings.all(), stays)
    assert_timeline(class_timeline(session=session, until=now), expected)
    assert session.windows.count() == sum(present > 0 for _, present, _, _ in expected.values())


@of_shapes(SMALL_SHAPES)
def test_student_timeline_matches_the_rows(ended):
    session, now, _ = ended
    for attendance in session.attendances.all():
        stays = list(attendance.stays.select_related("attendance"))
        expected = recompute_windows(session, session.readings.filter(student=attendance.student_id), stays)
        timeline = student_timeline(session=session, student=attendance.student_id, until=now)
        assert_timeline(timeline, expected)
        for window in timeline:
            mean = expected[window["at"]][3]
            assert window["probabilities"] == (mean and pytest.approx(mean, abs=TOLERANCE))


@of_shapes(SMALL_SHAPES, step_by_step=True)
def test_student_minutes_contain_every_reading_once(ended):
    session, *_ = ended
    counts = Counter()
    for minute in StudentMinute.objects.filter(session=session):
        counts[minute.student_id] += minute.readings
    assert counts == Counter(session.readings.values_list("student_id", flat=True))


@of_shapes(SMALL_SHAPES)
def test_answers_count_in_the_windows_in_which_they_held(ended):
    session, now, _ = ended
    held = {}
    for own in group_by(SelfReport.objects.filter(session=session)).values():
        own.sort(key=lambda each: each.at)
        for each, following in zip(own, [*own[1:], None], strict=True):
            end = min(each.at + timedelta(minutes=3), following.at if following else each.at + timedelta(minutes=3))
            for at in range(window_containing(each.at), int(end.timestamp()) + 10, 10):
                if at < end.timestamp() and at <= session.ended_at.timestamp():
                    held[at, each.student_id] = each.answer
    expected = {}
    for (at, _), answer in held.items():
        expected.setdefault(at, Counter())[answer] += 1
    windows = build_session_report(session=session, now=now).answers
    assert {each["at"]: +Counter(each["answers"]) for each in windows} == expected


@of_shapes(SMALL_SHAPES)
def test_exports_match_the_summaries_and_the_rows(ended, settings):
    session, now, _ = ended
    settings.TIME_ZONE = "Europe/Stockholm"
    with timezone.override("Europe/Stockholm"):
        summaries = student_summaries(session=session, now=now)
        students = parse(table_files.csv_text(csv_tables.student_table(summaries)))
        attendances = parse(table_files.csv_text(csv_tables.attendance_table(summaries, [])))
        [line] = parse(
            table_files.csv_text(
                csv_tables.session_table(session_rows(sessions=sessions_held(course=session.course), now=now))
            )
        )
        readings = parse("".join(csv_tables.reading_chunks(session)).lstrip(table_files.BOM))
    assert [int(each["student"]) for each in students] == [summary.id for summary in summaries]
    for summary, student, attendance in zip(summaries, students, attendances, strict=True):
        assert student["name"].removeprefix("'") == attendance["name"].removeprefix("'") == summary.name
        assert float(student["minutes_present"]) == float(attendance["minutes_present"]) == round(summary.minutes, 1)
        assert student["happy"] == (str(round(summary.mix["happy"], 4)) if summary.mix else "")
        assert timezone.datetime.fromisoformat(attendance["first_joined_at"]) == to_milliseconds(
            summary.presence.joined_at
        )
        assert timezone.datetime.fromisoformat(attendance["last_left_at"]) == to_milliseconds(summary.presence.left_at)
    assert int(line["readings"]) == len(readings) == Reading.objects.filter(session=session).count()
    for reading, text in zip(session.readings.order_by("captured_at", "pk"), readings, strict=True):
        assert timezone.datetime.fromisoformat(text["captured_at"]) == reading.captured_at
        assert text["sad"] == ("" if reading.sad is None else str(round(reading.sad, 4)))


def parse(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def to_milliseconds(at):
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


@of_shapes(SMALL_SHAPES)
def test_student_pages_have_the_same_summary_as_the_teacher(ended):
    session, now, _ = ended
    for summary in student_summaries(session=session, now=now):
        assert build_student_report(session=session, student=summary.id, now=now).summary == summary
        student = session.attendances.get(student=summary.id).student
        held = sessions_of_student(course=session.course, student=student)
        assert [each.summary for each in student_rows(sessions=held, student=student, now=now)] == [summary]
