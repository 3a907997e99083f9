"""The accuracy that a snapshot loses on its way: FER-2013's faces in webcam-like frames against the bare images.

    .venv/bin/python benchmarks/frame_accuracy.py --data fer2013.zip [--faces N] [--light SHARE] [--lean DEGREES]
        [--model NAME] [--crop SCALE RISE] [--unturned] [--equalised] [--on-device] [--json]

Each PublicTest face is put into a 320x240 frame, JPEG-coded and sent through decoding, face detection, cropping,
turning and the network. A face counts as found if the largest box overlaps its place (intersection over union of .3 or
more). Accuracy is compared among the faces found, and again among those without a copy in Training. --light dims the
frames and adds a sensor's noise before they are coded. --lean turns every other head this far to the left and the rest
to the right. --crop, --unturned and --equalised crop faces differently from the product. --on-device instead compares
what a student's browser makes of the frames: the face that it finds and cuts out, and the whole frame.
"""

import argparse
import asyncio
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
import numpy as np

from benchmarks.fer_options import start_django
from benchmarks.program import run_program
from emotions.labels import EXPRESSIONS
from emotions.management.options import positive
from emotions.preprocessing import BLAZEFACE_CROP, Crop, crop_face
from emotions.recognition import Recogniser
from emotions.registry import load_model
from emotions.synthetic.fairness import read_in_frame
from emotions.synthetic.webcam import WEBCAM_SIZE, face_in_frame
from emotions.training.copies import load_evaluation_split
from emotions.training.dataset import LabelledFaces, load_split
from emotions.training.evaluate import face_logits


@dataclass(frozen=True)
class Scene:
    """The frames that faces are shown in."""

    light: float = 1.0  # remaining share
    lean: float = 0.0  # degrees by which heads lean, to alternating sides


@dataclass(frozen=True)
class Cropping:
    """How faces are cropped; by default as in the product."""

    crop: tuple[float, float] = (BLAZEFACE_CROP.scale, BLAZEFACE_CROP.rise)
    turned: bool = True
    equalised: bool = False


class CroppingRecogniser(Recogniser):
    """Reads faces that are cropped in a given way."""

    def __init__(self, model: str, cropping: Cropping) -> None:
        super().__init__(model)
        self._cropping = cropping

    def crop_faces(self, frame, faces):
        grey, crop = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), Crop(*self._cropping.crop)
        turned = self._cropping.turned
        crops = [crop_face(grey, face.box, crop, roll=face.roll if turned else 0.0) for face in faces]
        return [cv2.equalizeHist(face) for face in crops] if self._cropping.equalised else crops


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--faces", type=positive(int), default=3589)
    parser.add_argument(
        "--light", type=positive(float), default=1.0, help="remaining share of the light, with sensor noise"
    )
    parser.add_argument("--lean", type=float, default=0.0, help="degrees by which heads lean to either side")
    parser.add_argument("--model", default="", help="a stored model; default: the one that is served")
    parser.add_argument("--crop", type=float, nargs=2, default=Cropping.crop, metavar=("SCALE", "RISE"))
    parser.add_argument("--unturned", action="store_true", help="do not turn leaning faces upright")
    parser.add_argument("--equalised", action="store_true", help="equalise the histogram of each face")
    parser.add_argument("--on-device", action="store_true", help="faces found by headless Chromium, and whole frames")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.on_device and (options.unturned or options.equalised or tuple(options.crop) != Cropping.crop):
        parser.error("--on-device crops faces as the product does")
    start_django()
    if options.on_device:
        print_on_device(options)
        return
    cropping = Cropping(tuple(options.crop), not options.unturned, options.equalised)
    scene = Scene(options.light, options.lean)
    faces = load_evaluation_split(options.data, "validation")
    figures = measure(faces, options.model, options.faces, scene, cropping)
    print(json.dumps(figures) if options.json else in_words(figures))


def print_on_device(options: argparse.Namespace) -> None:
    from benchmarks import on_device  # noqa: PLC0415  # needs a browser and Playwright, a package for development

    faces = load_split(options.data, "validation")
    recogniser = Recogniser(options.model)
    figures = asyncio.run(
        on_device.measure_on_device(faces, recogniser, options.faces, light=options.light, lean=options.lean)
    )
    print(json.dumps(figures) if options.json else on_device.in_words(figures))


def measure(
    faces: LabelledFaces, model: str, count: int, scene: Scene, cropping: Cropping = Cropping()
) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    chosen = rng.permutation(len(faces))[:count]
    recogniser = CroppingRecogniser(model, cropping)
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
    alone = None if faces.copied is None else found & ~faces.copied[chosen]
    return {
        "model": recogniser.model,
        "faces": len(chosen),
        "light": scene.light,
        "lean": scene.lean,
        "found": round(float(found.mean()), 4),
        **accuracies(bare[found], in_frames[found]),
        "without_copies": None
        if alone is None
        else {"faces": int(alone.sum())} | accuracies(bare[alone], in_frames[alone]),
    }


def accuracies(bare: np.ndarray, in_frames: np.ndarray) -> dict[str, float | None]:
    """Accuracy of the faces as bare images and in frames; None without faces."""
    return {
        "accuracy_bare": round(float(bare.mean()), 4) if len(bare) else None,
        "accuracy_in_frames": round(float(in_frames.mean()), 4) if len(in_frames) else None,
    }


def in_words(figures: dict[str, Any]) -> str:
    if not figures["found"]:
        return f"{figures['model']}, {figures['faces']} faces: none found."
    lost = figures["accuracy_bare"] - figures["accuracy_in_frames"]
    words = (
        f"{figures['model']}, {figures['faces']} faces, {figures['light']:g} of the light, "
        f"heads leaning by {figures['lean']:g} degrees more: "
        f"{figures['found']:.1%} found; of these {figures['accuracy_in_frames']:.1%} right in frames and "
        f"{figures['accuracy_bare']:.1%} as bare images: {100 * lost:.1f} points lost."
    )
    alone = figures["without_copies"]
    if not alone or not alone["faces"]:
        return words
    return (
        f"{words} On the {alone['faces']} without a copy in Training: {alone['accuracy_in_frames']:.1%} and "
        f"{alone['accuracy_bare']:.1%}."
    )


if __name__ == "__main__":
    run_program(main)
