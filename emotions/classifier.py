"""The served network: a LiteRT file with 8-bit weights that runs without TensorFlow (docs/adr/0006)."""

import threading

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from emotions.preprocessing import mirrored_mean, with_mirrored


class Classifier:
    """Turns faces into logits. Thread-safe; each thread uses one core."""

    def __init__(self, network: bytes) -> None:
        self._network = network
        # An interpreter holds its activations, so each thread needs its own.
        self._local = threading.local()

    def logits(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        """Normalised faces [n, 48, 48, 1] → logits [n, 7]."""
        if not hasattr(self._local, "interpreter"):
            self._load()
        interpreter = self._local.interpreter
        if self._local.shape != faces.shape:
            interpreter.resize_tensor_input(self._local.input, faces.shape)
            interpreter.allocate_tensors()
            self._local.shape = faces.shape
        interpreter.set_tensor(self._local.input, faces)
        interpreter.invoke()
        return np.asarray(interpreter.get_tensor(self._local.output), dtype=np.float32)

    def _load(self) -> None:
        """Give the thread an interpreter, and keep its details, which LiteRT rebuilds at each request."""
        interpreter = Interpreter(model_content=self._network, num_threads=1)
        interpreter.allocate_tensors()
        (input_details,), (output_details,) = interpreter.get_input_details(), interpreter.get_output_details()
        self._local.input, self._local.output = input_details["index"], output_details["index"]
        self._local.shape = tuple(input_details["shape"])
        self._local.interpreter = interpreter

    def mirrored_logits(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        """Normalised faces [n, 48, 48, 1] → logits [n, 7], averaged over each face and its mirror image."""
        return mirrored_mean(self.logits(with_mirrored(faces)))
