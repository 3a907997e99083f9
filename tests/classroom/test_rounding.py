import pytest

from classroom.rounding import rounded_minutes, rounded_share, shown_minutes, whole_minutes, whole_percent


@pytest.mark.parametrize(
    ("share", "shown"), [(0.125, 13), (0.285, 29), (0.005, 1), (0.00494, 0), (0.0, 0), (1.0, 100), (2 / 3, 67)]
)
def test_whole_percent_rounds_the_exported_share_half_up(share, shown):
    assert whole_percent(share) == whole_percent(rounded_share(share)) == shown


@pytest.mark.parametrize(("minutes", "shown"), [(0.5, 1), (2.5, 3), (2.449, 2), (2.4501, 3), (44.0, 44)])
def test_whole_minutes_rounds_the_exported_minutes_half_up(minutes, shown):
    assert whole_minutes(minutes) == whole_minutes(rounded_minutes(minutes)) == shown


# The same in tests/js/teacher/student-details.test.js.
@pytest.mark.parametrize(
    ("seconds", "exported", "shown"), [(26, 0.4, "<1"), (27, 0.5, "1"), (147, 2.5, "3"), (867, 14.5, "15")]
)
def test_tenths_of_minutes_are_rounded_half_up(seconds, exported, shown):
    assert (rounded_minutes(seconds / 60), shown_minutes(seconds / 60)) == (exported, shown)


@pytest.mark.parametrize(("minutes", "shown"), [(0.0, "0"), (0.02, "<1"), (0.4, "<1"), (0.5, "1"), (44.0, "44")])
def test_seconds_are_not_shown_as_zero_minutes(minutes, shown):
    assert shown_minutes(minutes) == shown
