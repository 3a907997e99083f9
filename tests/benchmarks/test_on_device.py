"""Compares whole frames with only faces, without the browser that sends them."""

import numpy as np
import pytest

from benchmarks.on_device import Answer, compare, difference, in_words, read
from classroom.snapshots import CROP_MAX_BYTES, Frame, pack_found, pack_frame
from emotions.faces import BlazeFaceDetector
from emotions.recognition import Recogniser
from emotions.synthetic.cut_faces import find_and_cut
from emotions.synthetic.webcam import webcam_frames

HAPPY, SAD = (0.9, 0.1), (0.4, 0.6)
# Found both ways, one way, and not at all.
WHOLE = [Answer(100, "happy", HAPPY), Answer(100, "sad", SAD), Answer(100, "happy", HAPPY), Answer(100, None, None)]
ALONE = [Answer(30, "happy", HAPPY), Answer(30, "happy", HAPPY), Answer(30, None, None), Answer(10, None, SAD)]


def test_ways_are_compared_over_the_faces_that_both_find():
    figures = compare(WHOLE, ALONE, ["happy", "happy", "happy", "happy"])
    assert figures["found"] == {"whole": 0.75, "alone": 0.5, "difference": {"points": -25.0, "interval": 49.0}}
    assert figures["accuracy"] == {
        "faces": 2,
        "whole": 0.5,
        "alone": 1.0,
        "difference": {"points": 50.0, "interval": 98.0},
    }
    assert (figures["same_expression"], figures["probability_apart"]) == (0.5, 0.25)
    assert figures["bytes"] == {"whole": 100, "alone": 25}


def test_nothing_found_has_no_accuracy():
    nothing = [Answer(10, None, None)]
    figures = compare(nothing, nothing, ["sad"])
    assert figures["accuracy"] == {"faces": 0, "whole": None, "alone": None, "difference": None}
    words = in_words({"model": "m", "light": 1.0, "lean": 0.0, "method": "Method."} | figures)
    assert words.splitlines()[-1] == "| found | 0.00% | 0.00% | +0.00 ± 0.00 |"


def test_words_state_differences_with_their_intervals():
    figures = {"model": "m", "light": 1.0, "lean": 0.0, "method": "Method."} | compare(WHOLE, ALONE, ["happy"] * 4)
    words = in_words(figures).splitlines()
    assert "| right, of 2 | 50.00% | 100.00% | +50.00 ± 98.00 |" in words
    assert words[-1] == "The same expression: 50.0%; probabilities differ by 0.2500 on average."


def test_interval_is_of_pairs():
    whole, alone = np.array([True, False] * 50), np.array([True, False] * 49 + [True, True])
    assert difference(whole, whole) == {"points": 0.0, "interval": 0.0}
    assert difference(whole, alone) == {"points": 1.0, "interval": 1.96}


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser()


def test_server_reads_either_message_and_refuses_a_face_elsewhere(recogniser):
    jpeg = next(webcam_frames(None, 1))
    (face,) = recogniser.recognise(jpeg).faces
    left, top, width, height = (round(side) for side in face.box)
    found = find_and_cut(jpeg, BlazeFaceDetector(), max_bytes=CROP_MAX_BYTES)
    for content in (jpeg, pack_found(found)):
        message = pack_frame(Frame(1, 0, content))
        answer = read(recogniser, message, (left, top, width, height))
        assert (answer.size, answer.expression) == (len(message), face.expression)
        assert read(recogniser, message, (0, 0, 10, 10)).expression is None
