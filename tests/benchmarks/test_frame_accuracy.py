from dataclasses import replace

import numpy as np
import pytest

from benchmarks.frame_accuracy import Cropping, CroppingRecogniser, Scene, in_words, measure
from emotions.recognition import Recogniser
from emotions.synthetic.webcam import webcam_frames
from emotions.video.tracking import overlap
from tests.emotions.conftest import face_images


def test_boxes_overlap_by_their_common_part():
    assert overlap((0, 0, 10, 10), (0, 0, 10, 10)) == 1
    assert overlap((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 10, 10), (20, 20, 10, 10)) == 0


def test_a_wall_is_not_found_as_a_face():
    wall = face_images(3)
    wall.images[:] = 128
    figures = measure(replace(wall, copied=np.array([True, False, False])), "", count=3, scene=Scene())
    assert (figures["faces"], figures["found"]) == (3, 0.0)
    assert figures["without_copies"] == {"faces": 0, "accuracy_bare": None, "accuracy_in_frames": None}
    assert in_words(figures).endswith("none found.")


@pytest.fixture(scope="module")
def snapshot() -> bytes:
    return next(webcam_frames(None, 1))


def test_by_default_faces_are_cropped_as_in_the_product(snapshot):
    assert CroppingRecogniser("", Cropping()).recognise(snapshot) == Recogniser().recognise(snapshot)


def test_another_crop_gives_another_reading(snapshot):
    product = Recogniser().recognise(snapshot).faces[0].probabilities
    for cropping in (Cropping(crop=(1.4, 0.0)), Cropping(equalised=True)):
        assert CroppingRecogniser("", cropping).recognise(snapshot).faces[0].probabilities != product


def test_the_summary_states_the_points_lost():
    figures = {
        "model": "m",
        "faces": 9,
        "light": 1.0,
        "lean": 0.0,
        "found": 0.9,
        "accuracy_bare": 0.7,
        "accuracy_in_frames": 0.68,
        "without_copies": None,
    }
    assert in_words(figures).endswith("68.0% right in frames and 70.0% as bare images: 2.0 points lost.")
    figures["without_copies"] = {"faces": 7, "accuracy_bare": 0.69, "accuracy_in_frames": 0.67}
    assert in_words(figures).endswith(" On the 7 without a copy in Training: 67.0% and 69.0%.")
