"""What a session of one student comes to in bands: from the roll-ups, from the readings, and by hand."""

from datetime import timedelta

import pytest

from classroom.domain.history.rollups import roll_up
from classroom.domain.history.summaries import student_summaries
from classroom.domain.sessions import end_session
from classroom.measures import arousal, concentration_index, mean, negative_share, valence, volatility
from tests import factories
from tests.classroom.domain.history.odd_sessions import SHAPES, odd_session
from tests.factories import NOW

pytestmark = pytest.mark.django_db
NAMES = ["one", "three", "across midnight", "clock set back", "without a reading", "seconds long"]


@pytest.fixture
def ada():
    """In a session of her own, with nothing read yet."""
    session = factories.session()
    student = factories.student_of(session.course, "Ada")
    factories.attendance(session, student, left_at=NOW + timedelta(minutes=2))
    return session, student


def figures(session, now):
    """By student and measure, without rounding."""
    return {
        row.id: {each.name: each.value for each in row.measures} for row in student_summaries(session=session, now=now)
    }


def by_hand(session):
    found = {}
    for student in session.attendances.values_list("student", flat=True):
        readings = list(session.readings.filter(student=student))
        read = [each.probabilities for each in readings if each.faces and not each.uncertain]
        whole = mean(read)
        enough = len(read) >= 3
        found[student] = {
            "arousal": arousal(whole) if enough else None,
            "volatility": volatility([valence(each) for each in read]),
            "calm_presence": concentration_index(
                snapshots=len(readings),
                with_face=sum(each.faces > 0 for each in readings),
                negative=negative_share(whole),
            )
            if enough
            else None,
        }
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_figures_of_roll_ups_and_of_readings_are_those_by_hand(name):
    shape = SHAPES[name]
    session = odd_session(shape, seed=4)
    end = shape.starts + timedelta(seconds=shape.seconds)
    end_session(session=session, now=end)
    session.refresh_from_db()
    session.rolled_up_until = None
    from_readings = figures(session, end)
    session.refresh_from_db()
    roll_up(session=session, now=end + timedelta(hours=1))
    from_roll_ups = figures(session, end)
    expected = by_hand(session)
    assert from_readings.keys() == from_roll_ups.keys() == expected.keys()
    for student, values in expected.items():
        assert from_readings[student] == pytest.approx(values, abs=1e-7)
        assert from_roll_ups[student] == pytest.approx(values, abs=1e-7)


def test_of_two_readings_there_is_no_band(ada):
    session, student = ada
    for second in (1, 3):
        factories.reading(session, student, after_s=second)
    for second in (5, 7, 9):
        factories.reading(session, student, after_s=second, uncertain="flat")
    [row] = student_summaries(session=session, now=NOW)
    assert [(each.band, each.based_on, each.of) for each in row.measures] == [(None, 2, 5)] * 3


def test_of_three_readings_there_is_one(ada):
    session, student = ada
    for second, expression in ((1, "happy"), (3, "happy"), (5, "sad"), (7, ""), (9, "")):
        factories.reading(session, student, after_s=second, expression=expression)
    [row] = student_summaries(session=session, now=NOW)
    assert {each.name: each.band for each in row.measures} == {
        "arousal": "some",
        "volatility": "much",
        "calm_presence": "some",
    }
    assert [(each.based_on, each.of) for each in row.measures] == [(3, 5), (3, 5), (5, 5)]


def test_a_face_that_could_not_be_told_was_in_the_picture(ada):
    session, student = ada
    for second in (1, 3, 5):
        factories.reading(session, student, after_s=second, expression="neutral")
    [without] = student_summaries(session=session, now=NOW)
    factories.reading(session, student, after_s=7, uncertain="dark")
    [with_one] = student_summaries(session=session, now=NOW)
    assert with_one.calm_presence == without.calm_presence
    factories.reading(session, student, after_s=9, expression="")
    [with_a_gap] = student_summaries(session=session, now=NOW)
    assert with_a_gap.calm_presence == pytest.approx(without.calm_presence * 4 / 5)
