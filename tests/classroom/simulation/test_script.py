import itertools

import pytest

from classroom.simulation.script import Act, Script, parse_script


def test_students_show_the_same_frames_with_different_starts():
    script = Script.of_one([b"a", b"b", b"c"])
    assert list(itertools.islice(script.camera(1), 4)) == [b"b", b"c", b"a", b"b"]


def test_each_student_has_a_part_and_acts_follow_the_clock():
    now = 0.0
    script = Script([Act(0, [[b"happy"], [b"neutral"]]), Act(60, [[b"angry"]])])
    first, second = script.camera(0, lambda: now), script.camera(1, lambda: now)
    assert (next(first), next(second)) == (b"happy", b"neutral")
    now = 60.0
    assert (next(first), next(second)) == (b"angry", b"angry")


def test_script_is_parsed_into_acts():
    assert parse_script("happy+neutral,angry@60") == [(0, ["happy", "neutral"]), (60, ["angry"])]


@pytest.mark.parametrize("text", ["happy@5", "happy,sad@20,angry@10", "happy,sad@soon"])
def test_script_out_of_order_is_rejected(text):
    with pytest.raises(ValueError, match=r"begins at 0|could not convert"):
        parse_script(text)
