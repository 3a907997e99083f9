import itertools

import pytest

from classroom.simulation.script import FRAMES_PER_DRAWING, Act, ClassClock, Script, drawn_script, parse_script


def test_students_show_the_same_frames_with_different_starts():
    script = Script.of_one([b"a", b"b", b"c"])
    assert list(itertools.islice(script.camera(1, lambda: 0.0), 4)) == [b"b", b"c", b"a", b"b"]


def test_each_student_has_a_part_and_acts_follow_the_time_of_the_class():
    now = 0.0
    script = Script([Act(0, [[b"happy"], [b"neutral"]]), Act(60, [[b"angry"]])])
    first, second = script.camera(0, lambda: now), script.camera(1, lambda: now)
    assert (next(first), next(second)) == (b"happy", b"neutral")
    now = 60.0
    assert (next(first), next(second)) == (b"angry", b"angry")


def test_student_who_comes_late_joins_the_act_of_the_others():
    script = Script([Act(0, [[b"happy"]]), Act(60, [[b"angry"]])])
    assert next(script.camera(0, lambda: 70.0)) == b"angry"


def test_time_of_a_class_stands_until_it_begins():
    clock = ClassClock()
    assert clock.elapsed() == 0.0
    clock.begin()
    first = clock.elapsed()
    assert 0.0 <= first <= clock.elapsed()


def all_of(frames):
    return [frames[position] for position in range(len(frames))]


def test_frames_are_drawn_when_they_are_shown_and_once():
    drawn = []

    def noting(frames):
        return (drawn.append(jpeg) or jpeg for jpeg in frames)

    camera = drawn_script([(0, ["happy"]), (60, ["sad"])], 1, noting).camera(0, lambda: 0.0)
    assert drawn == []
    first = [next(camera)]
    assert drawn == first
    first += itertools.islice(camera, FRAMES_PER_DRAWING - 1)
    assert list(itertools.islice(camera, FRAMES_PER_DRAWING)) == first == drawn


def test_drawn_students_differ_and_show_the_expressions_in_turn():
    script = drawn_script([(0, ["happy", "sad"])], students=4)
    [act] = script.acts
    assert len({frames[0] for frames in act.cast}) == 4
    [same] = drawn_script([(0, ["happy", "sad", "happy", "sad"])], students=4).acts
    assert [all_of(frames) for frames in act.cast] == [all_of(frames) for frames in same.cast]


def test_drawn_students_send_what_is_made_of_their_frames():
    def first_part(prepare):
        return all_of(drawn_script([(0, ["happy"])], 1, prepare).acts[0].cast[0])

    assert first_part(lambda frames: [jpeg[:4] for jpeg in frames]) == [jpeg[:4] for jpeg in first_part(list)]


def test_unknown_expression_of_a_drawing_is_rejected():
    with pytest.raises(ValueError, match="'bored'"):
        drawn_script([(0, ["bored"])], students=1)


def test_script_is_parsed_into_acts():
    assert parse_script("happy+neutral,angry@60") == [(0, ["happy", "neutral"]), (60, ["angry"])]


@pytest.mark.parametrize("text", ["happy@5", "happy,sad@20,angry@10"])
def test_script_out_of_order_is_rejected(text):
    with pytest.raises(ValueError, match="begins at 0"):
        parse_script(text)


@pytest.mark.parametrize("text", ["happy,sad@soon", "happy,sad@nan", "happy,sad@inf"])
def test_script_without_a_number_of_seconds_is_rejected(text):
    with pytest.raises(ValueError, match=r"'sad@\w+' has no number of seconds"):
        parse_script(text)
