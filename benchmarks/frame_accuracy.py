"""What the whole way of a snapshot costs in accuracy: FER-2013's faces in webcam-like frames against the bare images.

    .venv/bin/python benchmarks/frame_accuracy.py --data fer2013.zip [--faces N] [--light SHARE] [--model NAME] [--json]

Each PublicTest face is put into a 320x240 frame, JPEG-coded and sent through decoding, face detection, cropping,
turning and the network. Accuracy is compared among the faces that are found; `--light` dims the frames and adds noise.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", DJANGO_SETTINGS_MODULE="config.settings")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django
import numpy as np

from emotions.images import decode_jpeg
from emotions.labels import EXPRESSIONS
from emotions.recognition import Recogniser
from emotions.registry import load_model
from emotions.scenes import WEBCAM_SIZE, face_in_frame
from emotions.training.dataset import LabelledFaces, load_split
from emotions.training.evaluate import face_logits

SENSOR_NOISE = 4.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--faces", type=int, default=3589)
    parser.add_argument("--light", type=float, default=1.0, help="share of the light that is left, with sensor noise")
    parser.add_argument("--model", default="", help="a stored model; default: the one that is served")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    django.setup()
    figures = measure(load_split(options.data, "validation"), options.model, options.faces, options.light)
    print(json.dumps(figures) if options.json else in_words(figures))


def measure(faces: LabelledFaces, model: str, count: int, light: float) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    chosen = rng.permutation(len(faces))[:count]
    recogniser = Recogniser(model)
    read = [read_in_frame(recogniser, faces.images[place], light, rng) for place in chosen]
    found = np.array([expression is not None for expression in read])
    in_frames = np.array(
        [expression == EXPRESSIONS[label] for expression, label in zip(read, faces.labels[chosen], strict=True)]
    )
    bare = face_logits(load_model(model).logits, faces.images[chosen]).argmax(axis=1) == faces.labels[chosen]
    return {
        "model": recogniser.model,
        "faces": len(chosen),
        "light": light,
        "found": round(float(found.mean()), 4),
        "accuracy_bare": round(float(bare[found].mean()), 4),
        "accuracy_in_frames": round(float(in_frames[found].mean()), 4),
    }


def read_in_frame(recogniser: Recogniser, face: np.ndarray, light: float, rng: np.random.Generator) -> str | None:
    """The expression read from the face in a frame, None where it is not found."""
    frame = decode_jpeg(face_in_frame(face, WEBCAM_SIZE, rng))
    if light < 1.0:
        dim = frame * light + rng.normal(0.0, SENSOR_NOISE, frame.shape)
        frame = np.clip(np.rint(dim), 0, 255).astype(np.uint8)
    nearest = recogniser.recognise_frames([frame])[0].chosen
    return nearest.expression if nearest else None


def in_words(figures: dict[str, Any]) -> str:
    lost = figures["accuracy_bare"] - figures["accuracy_in_frames"]
    return (
        f"{figures['model']}, {figures['faces']} faces, {figures['light']:g} of the light: "
        f"{figures['found']:.1%} found; of these {figures['accuracy_in_frames']:.1%} right in frames and "
        f"{figures['accuracy_bare']:.1%} as bare images: {100 * lost:.1f} points lost."
    )


if __name__ == "__main__":
    main()
