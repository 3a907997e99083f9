import sys

import numpy as np
import pytest

from emotions.registry import UnknownModel, default_model, load_model
from emotions.training import teachers
from emotions.training.config import WrongSettings
from emotions.training.evaluate import served_logits
from tests.emotions.conftest import face_images


class Constant:
    """Answers every face with the same expression."""

    name = "constant"

    def __init__(self, place: int) -> None:
        self._place = place

    def logits(self, faces):
        return np.tile(np.eye(7, dtype=np.float32)[self._place], (len(faces), 1))


def test_a_stored_teacher_answers_as_served_at_its_temperature():
    faces = face_images(5)
    model = load_model("")
    expected = served_logits(model, faces) / np.float32(model.manifest.temperature)
    np.testing.assert_array_equal(teachers.load(default_model()).logits(faces.images), expected)


def test_an_unknown_stored_teacher_is_named():
    with pytest.raises(UnknownModel, match="nobody"):
        teachers.load("nobody")


def test_an_onnx_teacher_without_onnxruntime_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(WrongSettings, match="pip install onnxruntime"):
        teachers.load(str(tmp_path / "other.onnx"))


class Session:
    """Stands in for onnxruntime's session with a network that only sees how bright a face is."""

    def __init__(self, path, options, providers):
        pass

    def get_inputs(self):
        return [type("Input", (), {"name": "input", "shape": [1, 3, 224, 224]})]

    def run(self, outputs, feed):
        planes = feed["input"]
        assert planes.shape == (1, 3, 224, 224)
        assert (planes[0, 0] == planes[0, 2]).all()
        return [np.arange(7, dtype=np.float32)[np.newaxis] * planes.mean()]


def test_an_onnx_teacher_takes_faces_scaled_to_three_planes_and_answers_in_our_order(monkeypatch, tmp_path):
    runtime = type("Runtime", (), {"InferenceSession": Session, "SessionOptions": type("Options", (), {})})
    monkeypatch.setitem(sys.modules, "onnxruntime", runtime)
    path = tmp_path / "dense.onnx"
    path.touch()
    teacher = teachers.load(str(path))
    assert teacher.name == "dense"
    # fer2013.csv: angry, disgust, fear, happy, sad, surprise, neutral; ours has neutral before sad.
    np.testing.assert_allclose(teacher.logits(np.full((2, 48, 48), 255, np.uint8)), [[0, 1, 2, 3, 6, 4, 5]] * 2)


def test_a_missing_onnx_file_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "onnxruntime", type("Runtime", (), {}))
    with pytest.raises(WrongSettings, match=r"none\.onnx does not exist"):
        teachers.load(str(tmp_path / "none.onnx"))


def test_a_teacher_with_classes_in_another_order_is_refused():
    with pytest.raises(WrongSettings, match="constant reads 14% of 70 training faces"):
        teachers.check(Constant(0), face_images(70))


def test_a_teacher_that_reads_the_training_faces_is_accepted():
    faces = face_images(70)
    teachers.check(Constant(0), faces.where(faces.labels == 0))
