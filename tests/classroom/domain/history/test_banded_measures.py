"""The measures of one student that pages show as bands: from roll-ups, from readings, and recomputed."""

from datetime import timedelta

import pytest

from classroom.domain.history.rollups import roll_up
from classroom.domain.history.summaries import student_summaries
from classroom.domain.sessions import end_session
from classroom.measures import arousal, concentration_index, mean, negative_share, valence, volatility
from tests import factories
from tests.classroom.domain.history.session_shapes import SHAPES, session_of_shape
from tests.factories import NOW

pytestmark = pytest.mark.django_db
NAMES = ["one", "three", "across midnight", "clock set back", "without a reading", "seconds long"]


@pytest.fixture
def session():
    return factories.session()


@pytest.fixture
def student(session):
    """A student who attended for two minutes, without a reading."""
    ada = factories.student_of(session.course, "Ada")
    factories.attendance(session, ada, left_at=NOW + timedelta(minutes=2))
    return ada


def measure_values(session, now):
    """The values by student and measure, without rounding."""
    return {
        summary.id: {each.name: each.value for each in summary.measures}
        for summary in student_summaries(session=session, now=now)
    }


def recomputed_values(session):
    values = {}
    for student in session.attendances.values_list("student", flat=True):
        readings = list(session.readings.filter(student=student))
        certain = [each.probabilities for each in readings if each.faces and not each.uncertain]
        shares = mean(certain)
        enough = len(certain) >= 3
        values[student] = {
            "arousal": arousal(shares) if enough else None,
            "volatility": volatility([valence(each) for each in certain]),
            "calm_presence": concentration_index(
                snapshots=len(readings),
                with_face=sum(each.faces > 0 for each in readings),
                negative=negative_share(shares),
            )
            if enough
            else None,
        }
    return values


@pytest.mark.parametrize("name", NAMES)
def test_measures_from_rollups_and_from_readings_match_the_rows(name):
    shape = SHAPES[name]
    session = session_of_shape(shape, seed=4)
    end = shape.starts + timedelta(seconds=shape.seconds)
    end_session(session=session, now=end)
    session.refresh_from_db()
    session.rolled_up_until = None
    from_readings = measure_values(session, end)
    session.refresh_from_db()
    roll_up(session=session, now=end + timedelta(hours=1))
    from_rollups = measure_values(session, end)
    expected = recomputed_values(session)
    assert from_readings.keys() == from_rollups.keys() == expected.keys()
    for student, values in expected.items():
        assert from_readings[student] == pytest.approx(values, abs=1e-7)
        assert from_rollups[student] == pytest.approx(values, abs=1e-7)


def test_bands_are_unknown_with_two_certain_readings(session, student):
    for second in (1, 3):
        factories.reading(session, student, after_s=second)
    for second in (5, 7, 9):
        factories.reading(session, student, after_s=second, uncertain="flat")
    [summary] = student_summaries(session=session, now=NOW)
    assert [(each.band, each.based_on, each.of) for each in summary.measures] == [(None, 2, 5)] * 3


def test_bands_are_known_with_three_certain_readings(session, student):
    for second, expression in ((1, "happy"), (3, "happy"), (5, "sad"), (7, ""), (9, "")):
        factories.reading(session, student, after_s=second, expression=expression)
    [summary] = student_summaries(session=session, now=NOW)
    assert {each.name: each.band for each in summary.measures} == {
        "arousal": "some",
        "volatility": "much",
        "calm_presence": "some",
    }
    assert [(each.based_on, each.of) for each in summary.measures] == [(3, 5), (3, 5), (5, 5)]


def test_calm_presence_counts_faces_with_uncertain_expression(session, student):
    for second in (1, 3, 5):
        factories.reading(session, student, after_s=second, expression="neutral")
    [certain_only] = student_summaries(session=session, now=NOW)
    factories.reading(session, student, after_s=7, uncertain="dark")
    [with_uncertain] = student_summaries(session=session, now=NOW)
    assert with_uncertain.calm_presence == certain_only.calm_presence
    factories.reading(session, student, after_s=9, expression="")
    [with_missing_face] = student_summaries(session=session, now=NOW)
    assert with_missing_face.calm_presence == pytest.approx(certain_only.calm_presence * 4 / 5)
