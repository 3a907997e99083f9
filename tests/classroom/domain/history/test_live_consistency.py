"""The live dashboard shows the same figures as the report afterwards."""

from datetime import timedelta

import pytest

from classroom.domain.history.timeline import class_timeline
from classroom.domain.live.state import live_class, live_state
from classroom.domain.self_reports import answers_by_window, record_answer
from classroom.domain.sessions import end_session
from classroom.measures import WINDOW_S
from classroom.models import Reading, Stay
from tests import factories
from tests.classroom.domain.history.session_shapes import SHAPES, Shape, session_of_shape
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return factories.session()


def later(seconds):
    return NOW + timedelta(seconds=seconds)


def attend(session, count):
    return [factories.attendance(session, factories.student_of(session.course)).student for _ in range(count)]


def test_corrected_answer_counts_the_same_live_and_in_the_report(session):
    [student] = attend(session, 1)
    live = live_class(session=session, now=NOW)
    for answer, second in (("lost", 8), ("all_good", 11)):
        report = record_answer(session=session, student=student, answer=answer, now=later(second))
        at = report.at.timestamp()
        live.apply_answer(student.pk, {"answer": report.answer, "at": at}, at)
    starts = [int(NOW.timestamp()), int(NOW.timestamp()) + 10]
    assert live.response_log.windows(starts) == answers_by_window(session=session, until=later(25))


@pytest.mark.parametrize("seed", range(3))
def test_window_that_closes_live_equals_the_stored_one(session, seed):
    students = attend(session, 4)
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
    # The live class holds the samples of the last twenty seconds, so only its newest window is complete.
    assert (windows[-1]["seen"], windows[-1]["present"]) == (stored[-1]["seen"], stored[-1]["present"])
    assert windows[-1]["probabilities"] == pytest.approx(stored[-1]["probabilities"], abs=1e-9)


def test_timeline_of_the_live_state_equals_the_start_of_the_report():
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
