"""The served network: a LiteRT file with 8-bit weights, run without TensorFlow (docs/adr/0006)."""

import threading
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from emotions.preprocessing import mirrored_mean, with_mirrored


class Classifier:
    """Faces to logits; safe to call from several threads at a time, each on one core."""

    def __init__(self, network: bytes) -> None:
        self._network = network
        # An interpreter keeps its activations inside: one per thread.
        self._of_thread = threading.local()

    @classmethod
    def from_file(cls, path: Path) -> "Classifier":
        return cls(path.read_bytes())

    def logits(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        """Normalised faces [n, 48, 48, 1] → logits [n, 7]."""
        interpreter = self._interpreter()
        (given,), (wanted,) = interpreter.get_input_details(), interpreter.get_output_details()
        if tuple(given["shape"]) != faces.shape:
            interpreter.resize_tensor_input(given["index"], faces.shape)
            interpreter.allocate_tensors()
        interpreter.set_tensor(given["index"], faces)
        interpreter.invoke()
        return np.asarray(interpreter.get_tensor(wanted["index"]), dtype=np.float32)

    def mirrored_logits(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        """The same, the mean over each face and its mirror image."""
        return mirrored_mean(self.logits(with_mirrored(faces)))

    def _interpreter(self) -> Interpreter:
        if not hasattr(self._of_thread, "interpreter"):
            interpreter = Interpreter(model_content=self._network, num_threads=1)
            interpreter.allocate_tensors()
            self._of_thread.interpreter = interpreter
        return self._of_thread.interpreter
