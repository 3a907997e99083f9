"""Teachers, the networks that a student learns from: stored models, and ONNX files used only in training."""

from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from emotions import registry
from emotions.labels import EXPRESSIONS
from emotions.training import evaluate
from emotions.training.config import WrongSettings
from emotions.training.dataset import LabelledFaces
from emotions.training.fer_files import CSV_EXPRESSIONS

# Chance is .14, and the weakest published networks read .57 of PublicTest. A wrong class order or scale reads far less.
LOWEST_ACCURACY = 0.4
FACES_TO_CHECK = 200


class Teacher(Protocol):
    """A network that answers with logits about faces [n, 48, 48] uint8."""

    name: str  # also of the file of its answers

    def logits(self, faces: NDArray[np.uint8]) -> NDArray[np.float32]: ...


class StoredTeacher:
    """A stored model, answering as it is served; its temperature is applied, so its softmax is calibrated."""

    def __init__(self, name: str, models_dir: Path = registry.MODELS_DIR) -> None:
        self.name = name
        self._model = registry.load_model(name, models_dir)

    def logits(self, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        return evaluate.face_logits(self._model.logits, faces) / np.float32(self._model.manifest.temperature)


class OnnxTeacher:
    """An ONNX file that takes grey levels from 0 to 1, in one plane or repeated in three, scaled to its input's side,
    and answers with logits in the class order of fer2013.csv."""

    def __init__(self, path: Path) -> None:
        try:
            import onnxruntime  # noqa: PLC0415  # optional: only this kind of teacher needs it
        except ImportError:
            raise WrongSettings(
                f"{path.name} is an ONNX file, and onnxruntime is not installed. Install it: pip install onnxruntime"
            ) from None
        if not path.is_file():
            raise WrongSettings(f"{path} does not exist.")
        self.name = path.stem
        options = onnxruntime.SessionOptions()
        # The same number of threads as OpenCV may use: OMP_NUM_THREADS does not affect onnxruntime's own pool.
        options.intra_op_num_threads = cv2.getNumThreads()
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0]

    def logits(self, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        _, planes, height, width = self._input.shape
        logits = np.empty((len(faces), len(EXPRESSIONS)), dtype=np.float32)
        order = [EXPRESSIONS.index(name) for name in CSV_EXPRESSIONS]
        # One face per call: the batch axis of an exported file is often fixed to 1.
        for index, face in enumerate(faces):
            plane = cv2.resize(face, (width, height)).astype(np.float32) / 255
            feed = {self._input.name: np.repeat(plane[np.newaxis, np.newaxis], planes, axis=1)}
            logits[index, order] = self._session.run(None, feed)[0][0]
        return logits


def check(teacher: Teacher, faces: LabelledFaces) -> None:
    """Raise WrongSettings for a teacher that reads too few training faces: its classes may be in another order."""
    chosen = np.random.default_rng(0).permutation(len(faces))[:FACES_TO_CHECK]
    accuracy = float((teacher.logits(faces.images[chosen]).argmax(axis=1) == faces.labels[chosen]).mean())
    if accuracy < LOWEST_ACCURACY:
        raise WrongSettings(
            f"{teacher.name} reads {accuracy:.0%} of {len(chosen)} training faces as labelled; a teacher reads at "
            f"least {LOWEST_ACCURACY:.0%}. Its classes must be in the order {', '.join(CSV_EXPRESSIONS)}."
        )


def load(name: str, models_dir: Path = registry.MODELS_DIR) -> Teacher:
    """Load a stored model by its name, an ONNX file by its path. Raises WrongSettings, registry.UnknownModel,
    registry.DamagedModel."""
    return OnnxTeacher(Path(name)) if name.endswith(".onnx") else StoredTeacher(name, models_dir)
