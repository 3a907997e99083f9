"""Outputs of BlazeFace's networks for drawn faces, and the faces that emotions/blazeface.py makes of them. The tests in
JavaScript read them from a file, which this prints:

    .venv/bin/python -m tests.emotions.network_outputs > tests/js/student/faces/network-outputs.json
"""

import json
import sys
from collections.abc import Iterator

import cv2
import numpy as np

from emotions.blazeface import BACK_RANGE, FULL_RANGE, BlazeFaceNetwork, letterbox, weights_folder
from emotions.synthetic.drawn_people import drawn_person
from tests.server import ROOT

FILE = ROOT / "tests" / "js" / "student" / "faces" / "network-outputs.json"
NETWORKS = {"full": (FULL_RANGE, 0.45), "back": (BACK_RANGE, 0.65)}
# Lower logits do not matter; a few below the threshold show that it is applied.
LEAST_LOGIT = -1.5


def frames() -> Iterator[np.ndarray]:
    """Yield frames of one and of several drawn people, upright and cut by the edge."""
    person = drawn_person(0, "happy")
    yield person
    yield np.concatenate([person, drawn_person(1, "sad")], axis=1)
    yield cv2.rotate(np.concatenate([person, drawn_person(2, "neutral")], axis=0)[:, 90:], cv2.ROTATE_180)[::-1].copy()
    yield drawn_person(3, "angry")[60:, 60:].copy()


def case(name: str, frame: np.ndarray) -> dict:
    """Return the likely rows of a network's output, rounded, and the faces that they decode to."""
    variant, threshold = NETWORKS[name]
    network = BlazeFaceNetwork(weights_folder(), variant)
    square, scale, border = letterbox(frame, network.side)
    logits, values = network.forward(square)
    rows = {
        int(row): [round(float(number), 3) for number in (logits[row], *values[row])]
        for row in np.flatnonzero(logits > LEAST_LOGIT)
    }
    height, width = frame.shape[:2]
    outputs = {"network": name, "width": width, "height": height, "anchors": len(logits), "rows": rows}
    return outputs | {"faces": faces_of(network, outputs, threshold, scale, border)}


def faces_of(
    network: BlazeFaceNetwork, outputs: dict, threshold: float, scale: float, border: np.ndarray
) -> list[dict]:
    logits = np.full(outputs["anchors"], -20, np.float32)
    values = np.zeros((outputs["anchors"], 16), np.float32)
    for row, (logit, *numbers) in outputs["rows"].items():
        logits[int(row)], values[int(row)] = logit, numbers
    found = sorted(network.decode(logits, values, threshold, scale, border), key=lambda face: -face[0][2] * face[0][3])
    return [
        {
            "box": [round(number, 3) for number in box],
            "score": round(score, 4),
            "keypoints": [[round(x, 3), round(y, 3)] for x, y in keypoints],
        }
        for box, score, keypoints in found
    ]


def cases() -> list[dict]:
    return [case(name, frame) for frame in frames() for name in NETWORKS]


if __name__ == "__main__":
    json.dump(cases(), sys.stdout, separators=(",", ":"))
    sys.stdout.write("\n")
