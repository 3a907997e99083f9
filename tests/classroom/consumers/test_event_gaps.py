from classroom.consumers.event_gaps import GapDetector


def test_events_out_of_order_are_no_gap():
    gaps = GapDetector(4)
    for number, at in ((6, 0.0), (5, 0.1), (7, 0.2)):
        gaps.record(number, at)
    assert gaps.has_gap(100.0) is False


def test_a_missing_number_is_a_gap_after_a_while():
    gaps = GapDetector(4)
    gaps.record(6, 0.0)
    assert (gaps.has_gap(1.0), gaps.has_gap(2.0)) == (False, True)


def test_a_last_event_that_never_comes_is_a_gap_after_a_while():
    gaps = GapDetector(4)
    gaps.expect(5, 0.0)
    gaps.expect(5, 1.0)
    assert (gaps.has_gap(1.0), gaps.has_gap(2.0)) == (False, True)


def test_a_last_event_that_comes_a_little_later_is_no_gap():
    gaps = GapDetector(4)
    gaps.expect(5, 0.0)
    gaps.record(5, 1.0)
    gaps.expect(6, 10.0)
    assert (gaps.has_gap(11.0), gaps.has_gap(12.0)) == (False, True)


def test_an_event_older_than_the_first_state_is_no_gap():
    gaps = GapDetector(4)
    gaps.record(2, 0.0)
    assert gaps.has_gap(100.0) is False
