import pytest

from emotions.labels import EXPRESSIONS
from emotions.video.tracking import Tracker
from tests.emotions.video.tracked import BLURRED, read_face

HAPPY = EXPRESSIONS.index("happy")


def ids(tracker: Tracker, faces: list, time_s: float) -> list[int]:
    return [tracked.id for tracked in tracker.update(faces, time_s)]


def test_tracker_numbers_faces_from_one():
    assert ids(Tracker(), [read_face(0), read_face(200)], 0.0) == [1, 2]


def test_tracker_keeps_ids_when_the_order_changes():
    tracker = Tracker()
    tracker.update([read_face(0), read_face(200)], 0.0)
    assert ids(tracker, [read_face(205), read_face(4)], 0.1) == [2, 1]


def test_tracker_follows_a_face_that_moves_through_the_frame():
    tracker = Tracker()
    assert {ids(tracker, [read_face(x)], x / 300)[0] for x in range(0, 600, 30)} == {1}


def test_tracker_follows_an_approaching_face():
    tracker = Tracker()
    assert {ids(tracker, [read_face(100 - side / 2, side=side)], side / 100)[0] for side in range(40, 200, 10)} == {1}


def test_tracker_keeps_the_ids_of_faces_that_cross():
    tracker = Tracker()
    tracker.update([read_face(0), read_face(400)], 0.0)
    for step in range(1, 41):
        right, left = 10 * step, 400 - 10 * step
        # While one hides the other, only one face is seen, between the two.
        hidden = abs(right - left) < 60
        tracker.update([read_face(200)] if hidden else [read_face(left), read_face(right)], step / 20)
    assert ids(tracker, [read_face(0), read_face(400)], 2.05) == [2, 1]


def test_tracker_keeps_the_id_of_a_face_lost_for_less_than_a_second():
    tracker = Tracker()
    tracker.update([read_face(0), read_face(200)], 0.0)
    tracker.update([read_face(0)], 0.5)
    assert ids(tracker, [read_face(0), read_face(220)], 0.9) == [1, 2]


def test_tracker_forgets_a_face_lost_for_longer():
    tracker = Tracker()
    tracker.update([read_face(0)], 0.0)
    assert ids(tracker, [read_face(0)], 1.1) == [2]


def test_tracker_does_not_give_an_id_to_a_face_elsewhere():
    tracker = Tracker()
    tracker.update([read_face(0)], 0.0)
    assert ids(tracker, [read_face(200)], 0.1) == [2]


def test_tracker_does_not_give_an_id_to_a_face_of_another_size():
    tracker = Tracker()
    tracker.update([read_face(0, side=200)], 0.0)
    assert ids(tracker, [read_face(80, side=40)], 0.1) == [2]


def test_tracker_does_not_change_the_box():
    tracker = Tracker()
    tracker.update([read_face(0)], 0.0)
    assert tracker.update([read_face(7)], 0.1)[0].face.box == (7, 50, 80, 80)


def test_a_mean_below_the_recognisers_threshold_is_flat():
    assert Tracker().update([read_face(0)], 0.0)[0].face.uncertain is None
    assert Tracker(uncertain_below=0.95).update([read_face(0)], 0.0)[0].face.uncertain == "flat"


def test_smoothing_removes_a_flicker():
    tracker = Tracker()
    flickering = ["happy", "happy", "sad", "happy", "sad", "happy"]
    seen = [tracker.update([read_face(0, expression=name)], place / 10) for place, name in enumerate(flickering)]
    assert [tracked.face.expression for (tracked,) in seen] == ["happy"] * 6


def test_smoothing_lets_a_lasting_change_through_within_a_second():
    tracker = Tracker()
    tracker.update([read_face(0, expression="happy")], 0.0)
    for step in range(1, 11):
        (tracked,) = tracker.update([read_face(0, expression="sad")], step / 10)
    assert tracked.face.expression == "sad"
    assert tracked.face.probabilities[EXPRESSIONS.index("sad")] > 0.8


def test_smoothing_depends_on_time_not_on_frames():
    def after_half_a_second(frames: int) -> float:
        tracker = Tracker()
        tracker.update([read_face(0, expression="happy")], 0.0)
        for step in range(1, frames + 1):
            (tracked,) = tracker.update([read_face(0, expression="sad")], 0.5 * step / frames)
        return tracked.face.probabilities[HAPPY]

    assert after_half_a_second(2) == pytest.approx(after_half_a_second(25))


def test_smoothed_probabilities_sum_to_one():
    tracker = Tracker()
    tracker.update([read_face(0, expression="happy")], 0.0)
    (tracked,) = tracker.update([read_face(0, expression="sad")], 0.2)
    assert sum(tracked.face.probabilities) == pytest.approx(1.0)


def test_smoothing_ignores_a_blurred_reading():
    tracker = Tracker()
    (before,) = tracker.update([read_face(0, expression="happy")], 0.0)
    (blurred,) = tracker.update([read_face(0, expression="sad", quality=BLURRED)], 0.5)
    assert blurred.face.uncertain == "too_blurred"
    assert blurred.face.probabilities == before.face.probabilities


def test_a_face_between_two_expressions_becomes_uncertain():
    tracker = Tracker()
    tracker.update([read_face(0, expression="happy", top=0.4)], 0.0)
    (tracked,) = tracker.update([read_face(0, expression="sad", top=0.4)], 0.3)
    assert tracked.face.uncertain == "flat"
