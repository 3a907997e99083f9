import json
import math
from datetime import timedelta
from pathlib import Path

import pytest

from classroom.measures import (
    AROUSAL,
    EXPRESSIONS,
    SHOWN,
    UNCERTAIN,
    UNREAD,
    GivenAnswer,
    Sample,
    add_counts,
    answers_in_windows,
    arousal,
    band,
    concentration_index,
    count_shown,
    joined_late,
    left_early,
    mean,
    mix,
    negative_count,
    negative_of_seen,
    negative_share,
    recent,
    seen_count,
    share,
    shown,
    shown_by,
    smoothed,
    valence,
    volatility,
    volatility_from_means,
    window_start,
)
from tests.factories import NOW, shares


def test_valence_of_only_happy_is_one():
    assert valence(shares("happy", 1.0)) == 1.0


@pytest.mark.parametrize("expression", ["angry", "disgust", "fear", "sad"])
def test_valence_of_only_negative_is_minus_one(expression):
    assert valence(shares(expression, 1.0)) == -1.0


@pytest.mark.parametrize("expression", ["neutral", "surprise"])
def test_valence_of_neutral_and_surprise_is_zero(expression):
    assert valence(shares(expression, 1.0)) == 0.0


def test_mean_of_no_distribution_is_none():
    assert mean([]) is None


def test_tile_shows_the_strongest_expression_of_the_mean():
    mean_of_window = {**dict.fromkeys(EXPRESSIONS, 0.0), "neutral": 0.4, "sad": 0.35, "fear": 0.25}
    assert shown(mean_of_window, has_face=True) == "neutral"


def test_tile_shows_the_same_of_two_equal_expressions_whatever_the_order_of_adding():
    one, other = shares("happy"), shares("sad")
    assert shown_by([Sample(1, at, each) for at, each in enumerate([one, other, other, one, one, other])]) == "happy"
    assert shown_by([Sample(1, at, each) for at, each in enumerate([other, one, one, other, other, one])]) == "happy"


@pytest.mark.parametrize(
    ("samples", "found"),
    [
        ([Sample(1, 0, None, "flat"), Sample(1, 1, None), Sample(1, 2, shares("sad"))], "sad"),
        ([Sample(1, 0, None, "flat"), Sample(1, 1, None)], UNCERTAIN),
        ([Sample(1, 0, None)], UNREAD),
        ([], UNREAD),
    ],
)
def test_tile_shows_an_expression_if_any_reading_is_certain(samples, found):
    assert shown_by(samples) == found


@pytest.mark.parametrize("case", json.loads(Path(__file__).with_name("shown.json").read_text()))
def test_tile_shows_what_the_students_page_shows(case):
    """tests/js/student/recent-readings.test.js reads the same cases."""
    samples = [
        Sample(1, at, shares(each["expression"], each.get("share", 0.7)))
        if "expression" in each
        else Sample(1, at, None, each.get("uncertain", ""))
        for at, each in enumerate(case["readings"])
    ]
    assert shown_by(samples) == (case["shown"] or UNREAD)


def test_one_odd_frame_does_not_change_what_a_tile_shows():
    calm = [Sample(1, at, shares("neutral")) for at in range(2)]
    assert shown_by([*calm, Sample(1, 2, shares("angry"))]) == "neutral"


def test_every_student_counts_once():
    counts = count_shown(["happy", "happy", "sad", UNCERTAIN, UNREAD], present=7)
    assert counts == {**dict.fromkeys(SHOWN, 0), "happy": 2, "sad": 1, UNCERTAIN: 1, UNREAD: 3}
    assert sum(counts.values()) == 7


def test_negative_is_a_share_of_those_who_show_an_expression():
    counts = count_shown(["happy", "sad", "fear", "neutral", UNCERTAIN], present=9)
    assert (seen_count(counts), negative_count(counts), negative_of_seen(counts)) == (4, 2, 0.5)


def test_negative_of_nobody_is_none():
    assert negative_of_seen(count_shown([UNCERTAIN], present=3)) is None


def test_mix_is_the_share_of_all_present():
    counts = count_shown(["happy", "happy", UNCERTAIN], present=4)
    assert mix(counts) == {**dict.fromkeys(SHOWN, 0.0), "happy": 0.5, UNCERTAIN: 0.25, UNREAD: 0.25}
    assert mix(count_shown([], present=0)) is None


def test_counts_add_up():
    one, other = count_shown(["happy"], present=2), count_shown(["happy", "sad"], present=2)
    assert add_counts([one, other]) == {**dict.fromkeys(SHOWN, 0), "happy": 2, "sad": 1, UNREAD: 1}


@pytest.mark.parametrize(("at", "start"), [(1000.0, 1000), (1009.99, 1000), (1010.0, 1010)])
def test_window_start_is_a_multiple_of_ten_seconds(at, start):
    assert window_start(at) == start


@pytest.mark.parametrize(("expression", "weight"), AROUSAL.items())
def test_arousal_of_one_expression_is_its_weight(expression, weight):
    assert arousal(shares(expression, 1.0)) == weight


def test_arousal_weighs_by_probability():
    assert arousal({**shares("neutral", 1.0), "neutral": 0.5, "sad": 0.5}) == -0.15


def test_negative_share_adds_the_negative_expressions():
    assert negative_share({**shares("happy", 1.0), "happy": 0.4, "sad": 0.25, "angry": 0.35}) == 0.6


def test_share_of_no_flags_is_none():
    assert (share([True, False]), share([])) == (0.5, None)


def sad(share: float) -> dict[str, float]:
    return {**dict.fromkeys(EXPRESSIONS, 0.0), "sad": share, "neutral": 1 - share}


def test_smoothed_weighs_a_reading_five_seconds_old_a_third():
    third = math.exp(-1)
    found = smoothed([(95.0, sad(1.0)), (95.0, sad(1.0)), (100.0, sad(0.0))], 100.0)
    assert found["sad"] == pytest.approx(2 * third / (2 * third + 1))
    assert sum(found.values()) == pytest.approx(1)


def test_smoothed_equal_values_are_that_value():
    found = smoothed([(at, shares("happy")) for at in (92.0, 95.0, 99.0)], 100.0)
    assert found == pytest.approx(shares("happy"))


def test_smoothed_slows_down_with_the_snapshots():
    found = smoothed([(80.0, sad(1.0)), (90.0, sad(1.0)), (100.0, sad(0.0))], 100.0)
    old, older = math.exp(-1), math.exp(-2)
    assert found["sad"] == pytest.approx((old + older) / (1 + old + older))


@pytest.mark.parametrize(
    ("times", "found"),
    [
        ([90.0, 91.0, 95.0, 100.0, 101.0], [91.0, 95.0, 100.0]),
        # Slow snapshots: the last three, if the newest is recent and the oldest not too old.
        ([70.0, 80.0, 88.0, 96.0], [80.0, 88.0, 96.0]),
        ([70.0, 88.0, 96.0], []),
        ([70.0, 80.0, 90.0], []),
        ([92.0, 100.0], []),
        ([96.0, 97.0, 98.0, 99.0], []),
        ([], []),
    ],
)
def test_recent_gives_the_times_a_figure_rests_on(times, found):
    assert times[recent(times, 100.0)] == found


def test_smoothed_of_two_readings_is_none():
    assert smoothed([(99.0, sad(1.0)), (100.0, sad(1.0))], 100.0) is None


def test_smoothed_of_readings_from_half_a_window_is_none():
    assert smoothed([(at, sad(1.0)) for at in (95.5, 97.0, 98.5, 100.0)], 100.0) is None


def test_volatility_is_the_standard_deviation():
    assert volatility([1.0, -1.0, 1.0, -1.0]) == 1.0
    assert volatility([0.4, 0.4, 0.4]) == pytest.approx(0.0)


def test_volatility_of_two_readings_is_none():
    assert volatility([1.0, -1.0]) is None


def test_volatility_from_means_equals_that_of_the_readings():
    valences = [0.9, -0.3, 0.1, 0.1, -0.8]
    square = sum(value**2 for value in valences) / 5
    assert volatility_from_means(count=5, valence=sum(valences) / 5, square=square) == pytest.approx(
        volatility(valences)
    )


def test_volatility_from_means_of_two_readings_is_none():
    assert volatility_from_means(count=2, valence=0.0, square=1.0) is None


def test_volatility_from_means_of_equal_readings_is_zero_despite_rounding():
    assert volatility_from_means(count=3, valence=0.1, square=0.01) == 0.0


@pytest.mark.parametrize(
    ("snapshots", "with_face", "negative", "index"),
    [(10, 10, 0.0, 1.0), (10, 5, 0.0, 0.5), (10, 10, 0.25, 0.75), (10, 0, None, None), (0, 0, None, None)],
)
def test_concentration_index_is_share_with_face_times_calm_part(snapshots, with_face, negative, index):
    assert concentration_index(snapshots=snapshots, with_face=with_face, negative=negative) == index


@pytest.mark.parametrize(("value", "name"), [(0.0, "low"), (0.19, "low"), (0.2, "some"), (0.5, "much"), (1.0, "much")])
def test_band_begins_at_its_bound(value, name):
    assert band(value) == name


def given(student_id: int, at: float, answer: str) -> GivenAnswer:
    return GivenAnswer(student_id=student_id, at=at, answer=answer)


def test_answer_counts_in_every_window_in_which_it_holds():
    assert answers_in_windows([given(1, 5, "lost")], holds_s=20) == {at: {"lost": 1} for at in (0, 10, 20)}


def test_answer_that_expires_at_the_start_of_a_window_does_not_count_in_it():
    assert list(answers_in_windows([given(1, 10, "lost")], holds_s=10)) == [10]


def test_later_of_two_answers_in_a_window_counts():
    found = answers_in_windows([given(1, 12, "lost"), given(1, 17, "all_good"), given(2, 3, "lost")], holds_s=20)
    assert found[10] == {"all_good": 1, "lost": 1}


def test_no_answers_give_no_windows():
    assert answers_in_windows([], holds_s=20) == {}


@pytest.mark.parametrize(("seconds", "expected"), [(-60, False), (0, False), (300, False), (301, True)])
def test_late_and_left_early_begin_beyond_five_minutes(seconds, expected):
    apart = timedelta(seconds=seconds)
    assert joined_late(joined_at=NOW + apart, started_at=NOW) is expected
    assert left_early(left_at=NOW - apart, ended_at=NOW) is expected
