"""What the whole way of a snapshot costs in accuracy: FER-2013's faces in webcam-like frames against the bare images.

    .venv/bin/python benchmarks/frame_accuracy.py --data fer2013.zip [--faces N] [--light SHARE] [--lean DEGREES]
        [--model NAME] [--crop SCALE RISE] [--unturned] [--equalised] [--json]

Each PublicTest face is put into a 320x240 frame, JPEG-coded and sent through decoding, face detection, cropping,
turning and the network. A face is found where the largest box overlaps the place it was put to (intersection over union
of .3 or more). Accuracy is compared among the faces that are found. --light dims the frames, with a sensor's noise,
before they are coded; --lean turns every other head by so much to the left and the rest to the right. --crop,
--unturned and --equalised cut faces otherwise than the product does.
"""

import argparse
import itertools
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", DJANGO_SETTINGS_MODULE="config.settings")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cv2
import django
import numpy as np

from emotions.labels import EXPRESSIONS
from emotions.preprocessing import BLAZEFACE_CROP, Crop, crop_face
from emotions.recognition import Recogniser
from emotions.registry import load_model
from emotions.synthetic.webcam import WEBCAM_SIZE, Box, face_in_frame
from emotions.training.dataset import LabelledFaces, load_split
from emotions.training.evaluate import face_logits
from emotions.video.tracking import overlap

FOUND_OVERLAP = 0.3


@dataclass(frozen=True)
class Scene:
    """light: the share of it that is left. lean: degrees by which heads lean, to either side in turns."""

    light: float = 1.0
    lean: float = 0.0


@dataclass(frozen=True)
class Way:
    """How faces are cut; by default as the product does."""

    crop: tuple[float, float] = (BLAZEFACE_CROP.scale, BLAZEFACE_CROP.rise)
    turned: bool = True
    equalised: bool = False


class OtherwiseCut(Recogniser):
    """Reads faces that are cut in another way than the product's."""

    def __init__(self, model: str, way: Way) -> None:
        super().__init__(model)
        self._way = way

    def _cut(self, grey, face):
        cut = crop_face(grey, face.box, Crop(*self._way.crop), roll=face.roll if self._way.turned else 0.0)
        return cv2.equalizeHist(cut) if self._way.equalised else cut


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--faces", type=int, default=3589)
    parser.add_argument("--light", type=float, default=1.0, help="share of the light that is left, with sensor noise")
    parser.add_argument("--lean", type=float, default=0.0, help="degrees by which heads lean to either side")
    parser.add_argument("--model", default="", help="a stored model; default: the one that is served")
    parser.add_argument("--crop", type=float, nargs=2, default=Way.crop, metavar=("SCALE", "RISE"))
    parser.add_argument("--unturned", action="store_true", help="leave a leaning face as it is")
    parser.add_argument("--equalised", action="store_true", help="with the histogram of each face equalised")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    django.setup()
    way = Way(tuple(options.crop), not options.unturned, options.equalised)
    scene = Scene(options.light, options.lean)
    figures = measure(load_split(options.data, "validation"), options.model, options.faces, scene, way)
    print(json.dumps(figures) if options.json else in_words(figures))


def measure(faces: LabelledFaces, model: str, count: int, scene: Scene, way: Way = Way()) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    chosen = rng.permutation(len(faces))[:count]
    recogniser = OtherwiseCut(model, way)
    sides = itertools.cycle((scene.lean, -scene.lean))
    read = [
        read_in_frame(recogniser, face_in_frame(faces.images[place], WEBCAM_SIZE, rng, scene.light, lean))
        for place, lean in zip(chosen, sides, strict=False)
    ]
    found = np.array([expression is not None for expression in read])
    in_frames = np.array(
        [expression == EXPRESSIONS[label] for expression, label in zip(read, faces.labels[chosen], strict=True)]
    )
    bare = face_logits(load_model(model).logits, faces.images[chosen]).argmax(axis=1) == faces.labels[chosen]
    return {
        "model": recogniser.model,
        "faces": len(chosen),
        "light": scene.light,
        "lean": scene.lean,
        "found": round(float(found.mean()), 4),
        "accuracy_bare": round(float(bare[found].mean()), 4) if found.any() else None,
        "accuracy_in_frames": round(float(in_frames[found].mean()), 4) if found.any() else None,
    }


def read_in_frame(recogniser: Recogniser, shown: tuple[bytes, Box]) -> str | None:
    """The expression read from the face in a frame, None where it is not found; shown: as face_in_frame gives it."""
    jpeg, place = shown
    chosen = recogniser.recognise(jpeg).chosen
    return chosen.expression if chosen and overlap(chosen.box, place) >= FOUND_OVERLAP else None


def in_words(figures: dict[str, Any]) -> str:
    if not figures["found"]:
        return f"{figures['model']}, {figures['faces']} faces: none was found."
    lost = figures["accuracy_bare"] - figures["accuracy_in_frames"]
    return (
        f"{figures['model']}, {figures['faces']} faces, {figures['light']:g} of the light, "
        f"heads leaning by {figures['lean']:g} degrees more: "
        f"{figures['found']:.1%} found; of these {figures['accuracy_in_frames']:.1%} right in frames and "
        f"{figures['accuracy_bare']:.1%} as bare images: {100 * lost:.1f} points lost."
    )


if __name__ == "__main__":
    main()
