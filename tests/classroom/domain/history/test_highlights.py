import pytest

from classroom.domain.history.highlights import MAX_HIGHLIGHTS, MIN_DISTANCE_S, find_highlights
from classroom.measures import WINDOW_S, GivenAnswer, count_shown
from tests.factories import shares

START = 1_700_000_040  # a whole minute


def build_windows(minutes, negative=(), *, seen=10, present=10):
    """Ten-second windows. Faces read as sad in the minutes of `negative`, otherwise as neutral."""
    return [
        {
            "at": START + second,
            "counts": count_shown(["sad" if second // 60 in negative else "neutral"] * seen, present=present),
            "probabilities": None,
            "seen": seen,
            "present": present,
        }
        for second in range(0, minutes * 60, WINDOW_S)
    ]


def minutes_and_kinds(windows, answers=(), alerts=()):
    found = find_highlights(windows=windows, answers=answers, class_alerts=alerts)
    return [((each.at - START) // 60, each.kind) for each in found]


def answer(student, minute, answer="lost"):
    return GivenAnswer(student_id=student, at=START + minute * 60 + 5.0, answer=answer)


def test_calm_class_has_no_highlights():
    assert minutes_and_kinds(build_windows(30)) == []


def test_session_without_windows_has_no_highlights():
    assert find_highlights(windows=[], answers=[], class_alerts=[]) == []


def test_rise_of_the_negative_share_is_a_highlight():
    [found] = find_highlights(windows=build_windows(20, negative={12, 13}), answers=[], class_alerts=[])
    assert (found.at, found.kind, found.seen, found.present) == (START + 12 * 60, "negative", 10, 10)
    assert (found.before, found.share) == (0.0, 1.0)


def test_rise_counts_the_means_of_windows_from_before_students_were_counted():
    windows = [
        {**window, "counts": None, "probabilities": shares("sad" if window["counts"]["sad"] else "neutral")}
        for window in build_windows(20, negative={12, 13})
    ]
    [found] = find_highlights(windows=windows, answers=[], class_alerts=[])
    assert round(found.share - found.before, 9) == round(0.7 + 3 * 0.05 - 4 * 0.05, 9)


@pytest.mark.parametrize(("before", "after", "rises"), [(9, 12, True), (10, 13, True), (9, 11, False)])
def test_rise_of_exactly_15_percent_is_a_highlight(before, after, rises):
    windows = [
        {**window, "counts": count_shown(["sad"] * negative + ["neutral"] * (20 - negative), present=20)}
        for window in build_windows(2, seen=20, present=20)
        for negative in [after if window["at"] >= START + 60 else before]
    ]
    assert minutes_and_kinds(windows) == ([(1, "negative")] if rises else [])


def test_rise_is_ignored_with_fewer_than_half_seen():
    assert minutes_and_kinds(build_windows(20, negative={12}, seen=4)) == []


def test_two_struggling_students_in_a_minute_are_a_highlight():
    [found] = find_highlights(
        windows=build_windows(20), answers=[answer(1, 7), answer(2, 7, "too_fast")], class_alerts=[]
    )
    assert (found.at, found.kind, found.count) == (START + 7 * 60, "answers", 2)


def test_moment_in_the_first_minute_is_not_before_the_class():
    windows = [window for window in build_windows(3) if window["at"] >= START + 40]
    answers = [GivenAnswer(student_id=pk, at=START + 45.0, answer="lost") for pk in (1, 2)]
    [found] = find_highlights(windows=windows, answers=answers, class_alerts=[])
    assert found.at == START + 40


def test_two_answers_of_one_student_are_ignored():
    assert minutes_and_kinds(build_windows(20), answers=[answer(1, 7), answer(1, 7, "too_fast")]) == []


def test_all_good_answers_are_ignored():
    assert minutes_and_kinds(build_windows(20), answers=[answer(number, 7, "all_good") for number in range(5)]) == []


def test_answers_need_a_tenth_of_a_large_class():
    large = build_windows(20, seen=100, present=100)
    assert minutes_and_kinds(large, answers=[answer(number, 7) for number in range(9)]) == []
    assert minutes_and_kinds(large, answers=[answer(number, 7) for number in range(10)]) == [(7, "answers")]


@pytest.mark.parametrize("present", [20, 30, 70, 110])
def test_answers_of_exactly_a_tenth_of_those_present_are_a_highlight(present):
    windows = build_windows(1, seen=0, present=present)
    answers = [answer(student, 0) for student in range(present // 10)]
    found = find_highlights(windows=windows, answers=answers, class_alerts=[])
    assert [each.count for each in found] == [present // 10]
    assert find_highlights(windows=windows, answers=answers[1:], class_alerts=[]) == []


def test_numbers_of_students_behind_a_moment_are_rounded_half_up():
    windows = [*build_windows(1, seen=2, present=20)[:3], *build_windows(1, seen=3, present=21)[3:]]
    [found] = find_highlights(windows=windows, answers=[answer(pk, 0) for pk in range(3)], class_alerts=[])
    assert (found.seen, found.present) == (3, 21)


def test_moment_of_an_anonymous_class_is_based_on_its_published_minutes():
    published, rest = build_windows(1, seen=5, present=5)[:2], build_windows(1, present=7)[2:]
    windows = [*published, *({**window, "counts": None, "seen": None} for window in rest)]
    [found] = find_highlights(windows=windows, answers=[], class_alerts=[(START + 60.0, "presence_low")])
    assert (found.seen, found.present) == (5, 6)


def test_answers_need_a_tenth_of_those_present_before_rounding():
    windows = [*build_windows(1, present=20)[:4], *build_windows(1, present=21)[4:]]
    assert minutes_and_kinds(windows, answers=[answer(1, 0), answer(2, 0)]) == []


def test_alert_about_the_class_is_a_highlight():
    assert minutes_and_kinds(build_windows(20), alerts=[(START + 305.0, "class_negative")]) == [(5, "alert")]


def test_causes_in_the_same_minute_give_one_highlight():
    windows = build_windows(20, negative={12})
    alerts = [(START + 12 * 60 + 30.0, "class_negative")]
    answers = [answer(1, 12), answer(2, 12)]
    assert minutes_and_kinds(windows, answers=answers, alerts=alerts) == [(12, "alert")]


def test_strongest_highlights_are_chosen_and_ordered_by_time():
    answers = [answer(student, 4 * number) for number in range(8) for student in range(2 + number)]
    found = minutes_and_kinds(build_windows(40), answers=answers)
    assert len(found) == MAX_HIGHLIGHTS
    assert found == [(4 * number, "answers") for number in range(3, 8)]


def test_highlight_close_to_a_stronger_one_is_left_out():
    answers = [answer(1, 7), answer(2, 7), answer(3, 8), answer(4, 8), answer(5, 8)]
    found = find_highlights(windows=build_windows(20), answers=answers, class_alerts=[])
    assert [each.at for each in found] == [START + 8 * 60]
    assert MIN_DISTANCE_S > 60
