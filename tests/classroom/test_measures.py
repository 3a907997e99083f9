import pytest

from classroom.measures import Sample, mean, mood, valence, window_start
from tests.factories import shares


def test_valence_of_only_happy_is_one():
    assert valence(shares("happy", 1.0)) == 1.0


@pytest.mark.parametrize("expression", ["angry", "disgust", "fear", "sad"])
def test_valence_of_only_negative_is_minus_one(expression):
    assert valence(shares(expression, 1.0)) == -1.0


@pytest.mark.parametrize("expression", ["neutral", "surprise"])
def test_valence_of_neutral_and_surprise_is_nought(expression):
    assert valence(shares(expression, 1.0)) == 0.0


def test_mean_of_nothing_is_nothing():
    assert mean([]) is None


def test_mood_weighs_students_not_snapshots():
    often = [Sample(1, at, shares("happy", 1.0)) for at in range(9)]
    once = [Sample(2, 0, shares("sad", 1.0))]
    found = mood(often + once)
    assert (found.probabilities["happy"], found.probabilities["sad"], found.seen) == (0.5, 0.5, 2)


def test_mood_counts_only_students_with_a_certain_reading():
    found = mood([Sample(1, 0, shares("happy", 1.0)), Sample(2, 0, None)])
    assert (found.probabilities["happy"], found.seen) == (1.0, 1)


def test_mood_of_nobody_seen_is_none_not_nought():
    found = mood([Sample(1, 0, None)])
    assert (found.probabilities, found.seen) == (None, 0)


@pytest.mark.parametrize(("at", "start"), [(1000.0, 1000), (1009.99, 1000), (1010.0, 1010)])
def test_window_start_is_a_whole_ten_seconds(at, start):
    assert window_start(at) == start
