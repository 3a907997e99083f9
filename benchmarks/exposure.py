"""How overexposed a face can be before its reading is worthless: the measurement behind quality.MAX_BRIGHTNESS.

    .venv/bin/python benchmarks/exposure.py --data fer2013.zip [--faces N] [--model NAME] [--json]

PublicTest faces get 1 to 12 times their light; a sensor clips everything brighter than white. For each step of the
crop's mean brightness, the table gives the accuracy of readings not doubted for other reasons, and their mean
confidence.
"""

import itertools
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from benchmarks.fer_options import read_options
from benchmarks.program import run_program
from emotions.preprocessing import FACE_SIDE, softmax
from emotions.quality import doubt, measure
from emotions.registry import LoadedModel, load_model
from emotions.training.dataset import LabelledFaces, load_split
from emotions.training.evaluate import face_logits

LIGHTS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)
STEPS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.84, 0.88, 0.92, 0.94, 0.96, 0.98, 1.0)


def main() -> None:
    options = read_options(__doc__, faces=1200)
    faces = load_split(options.data, "validation")
    chosen = np.zeros(len(faces), dtype=np.bool_)
    chosen[np.random.default_rng(0).permutation(len(faces))[: options.faces]] = True
    rows = measure_exposure(load_model(options.model), faces.where(chosen))
    print(json.dumps(rows) if options.json else in_words(rows))


def measure_exposure(model: LoadedModel, faces: LabelledFaces) -> list[dict[str, Any]]:
    """One row for each brightness step that has faces; brightness: from, below."""
    brightness, is_right, is_certain, confidence = [], [], [], []
    for light in LIGHTS:
        lit = np.clip(np.rint(faces.images * light), 0, 255).astype(np.uint8)
        probabilities = softmax(face_logits(model.logits, lit), model.manifest.temperature)
        for crop, values, label in zip(lit, probabilities, faces.labels, strict=True):
            quality = measure(crop, (0, 0, FACE_SIDE, FACE_SIDE))
            brightness.append(quality.brightness)
            is_right.append(values.argmax() == label)
            is_certain.append(doubt(quality, values.tolist()) in (None, "too_bright"))
            confidence.append(float(values.max()))
    columns = np.array(brightness), np.array(is_right), np.array(is_certain), np.array(confidence)
    return [row for low, high in itertools.pairwise(STEPS) if (row := _row(low, high, *columns))]


def _row(
    low: float, high: float, brightness: np.ndarray, right: np.ndarray, certain: np.ndarray, confidence: np.ndarray
) -> dict[str, Any] | None:
    within = (brightness >= low) & ((brightness < high) | (high == STEPS[-1]))
    read = within & certain
    if not within.any():
        return None
    return {
        "brightness": [low, high],
        "faces": int(within.sum()),
        "certain": round(float(certain[within].mean()), 4),
        "accuracy": round(float(right[read].mean()), 4) if read.any() else None,
        "confidence": round(float(confidence[read].mean()), 4) if read.any() else None,
    }


def in_words(rows: list[dict[str, Any]]) -> str:
    lines = [f"{'brightness':>12}{'faces':>8}{'certain':>9}{'accuracy':>10}{'confidence':>12}"]
    for row in rows:
        low, high = row["brightness"]
        shares = f"{row['certain']:9.1%}{row['accuracy'] or 0:10.1%}{row['confidence'] or 0:12.1%}"
        lines.append(f"{f'{low:.2f}-{high:.2f}':>12}{row['faces']:8d}{shares}")
    return "\n".join(lines)


if __name__ == "__main__":
    run_program(main)
