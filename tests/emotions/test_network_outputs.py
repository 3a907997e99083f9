"""The JavaScript tests expect the same faces that emotions/blazeface.py makes of the same outputs."""

import json

import numpy as np
import pytest

from emotions.blazeface import BlazeFaceNetwork, letterbox, weights_folder
from tests.emotions.network_outputs import FILE, NETWORKS, faces_of

CASES = json.loads(FILE.read_text())


def test_both_networks_are_there_with_one_face_and_with_several():
    assert {(case["network"], len(case["faces"])) for case in CASES} == {(name, n) for name in NETWORKS for n in (1, 2)}


@pytest.mark.parametrize("number", range(len(CASES)))
def test_stored_faces_are_those_of_the_stored_outputs(number):
    case = CASES[number]
    variant, threshold = NETWORKS[case["network"]]
    _square, scale, border = letterbox(np.zeros((case["height"], case["width"], 3), np.uint8), variant.side)
    faces = faces_of(BlazeFaceNetwork(weights_folder(), variant), case, threshold, scale, border)
    assert len(faces) == len(case["faces"])
    for face, stored in zip(faces, case["faces"], strict=True):
        assert face["score"] == pytest.approx(stored["score"], abs=0.001)
        assert face["box"] == pytest.approx(stored["box"], abs=0.01)
        assert np.ravel(face["keypoints"]) == pytest.approx(np.ravel(stored["keypoints"]), abs=0.01)
