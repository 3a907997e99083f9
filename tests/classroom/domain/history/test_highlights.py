from classroom.domain.history.highlights import MAX_HIGHLIGHTS, MIN_DISTANCE_S, find_highlights
from classroom.measures import WINDOW_S, GivenAnswer
from tests.factories import shares

START = 1_700_000_040  # a whole minute


def windows(minutes, negative=(), *, seen=10, present=10):
    """Ten-second windows; in the minutes of `negative` the faces read as sad, else as neutral."""
    return [
        {
            "at": START + second,
            "probabilities": shares("sad" if second // 60 in negative else "neutral") if seen else None,
            "seen": seen,
            "present": present,
        }
        for second in range(0, minutes * 60, WINDOW_S)
    ]


def found(timeline, said=(), alerts=()):
    return [
        ((each.at - START) // 60, each.kind)
        for each in find_highlights(windows=timeline, said=said, class_alerts=alerts)
    ]


def call(student, minute, answer="lost"):
    return GivenAnswer(student_id=student, at=START + minute * 60 + 5.0, answer=answer)


def test_a_calm_class_has_none():
    assert found(windows(30)) == []


def test_a_class_of_no_windows_has_none():
    assert find_highlights(windows=[], said=[], class_alerts=[]) == []


def test_a_rise_of_the_negative_share_is_one():
    [moment] = find_highlights(windows=windows(20, negative={12, 13}), said=[], class_alerts=[])
    assert (moment.at, moment.kind, moment.seen, moment.present) == (START + 12 * 60, "negative", 10, 10)
    assert round(moment.share - moment.before, 9) == round(0.7 + 3 * 0.05 - 4 * 0.05, 9)


def test_a_rise_that_fewer_than_half_stand_behind_is_none():
    assert found(windows(20, negative={12}, seen=4)) == []


def test_two_calls_in_a_minute_are_one():
    [moment] = find_highlights(windows=windows(20), said=[call(1, 7), call(2, 7, "too_fast")], class_alerts=[])
    assert (moment.at, moment.kind, moment.count) == (START + 7 * 60, "answers", 2)


def test_one_student_calling_twice_is_none():
    assert found(windows(20), said=[call(1, 7), call(1, 7, "too_fast")]) == []


def test_all_good_is_no_call():
    assert found(windows(20), said=[call(number, 7, "all_good") for number in range(5)]) == []


def test_in_a_large_class_it_takes_a_tenth():
    large = windows(20, seen=100, present=100)
    assert found(large, said=[call(number, 7) for number in range(9)]) == []
    assert found(large, said=[call(number, 7) for number in range(10)]) == [(7, "answers")]


def test_an_alert_about_the_class_is_one():
    assert found(windows(20), alerts=[(START + 305.0, "class_negative")]) == [(5, "alert")]


def test_what_happens_together_is_told_once():
    alerts = [(START + 12 * 60 + 30.0, "class_negative")]
    assert found(windows(20, negative={12}), said=[call(1, 12), call(2, 12)], alerts=alerts) == [(12, "alert")]


def test_at_most_the_strongest_are_kept_in_their_order():
    said = [call(student, 4 * number) for number in range(8) for student in range(2 + number)]
    kept = found(windows(40), said=said)
    assert len(kept) == MAX_HIGHLIGHTS
    assert kept == [(4 * number, "answers") for number in range(3, 8)]


def test_none_lies_close_to_a_stronger_one():
    said = [call(1, 7), call(2, 7), call(3, 8), call(4, 8), call(5, 8)]
    kept = find_highlights(windows=windows(20), said=said, class_alerts=[])
    assert [each.at for each in kept] == [START + 8 * 60]
    assert MIN_DISTANCE_S > 60
