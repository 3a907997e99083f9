"""The part of an accuracy on FER-2013 that comes from photographs shared by Training and the evaluated split.

    .venv/bin/python benchmarks/split_overlap.py --data fer2013.zip [--split validation] [--model NAME] [--json]

FER-2013 repeats photographs across its splits. `train_emotion_model` removes copies of evaluation images from Training;
no published recipe that we know of mentions doing so. For each image of the split, this looks up the most similar
Training image (`emotions/training/copies.py`). The accuracy "by heart" is that of a network that answers a copy with
its label in Training and reads the rest like the model: the most that training on the copies can give.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from benchmarks.program import run_program
from emotions.registry import load_model
from emotions.training.copies import COPY_CORRELATION, most_alike
from emotions.training.dataset import LabelledFaces, load_split
from emotions.training.evaluate import served_logits


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", choices=["validation", "test"], default="validation")
    parser.add_argument("--model", default="", help="a stored model; default: the one that is served")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(load_split(options.data, "train"), load_split(options.data, options.split), options.model)
    print(json.dumps(figures) if options.json else in_words(figures))


def measure(train: LabelledFaces, split: LabelledFaces, name: str) -> dict[str, Any]:
    model = load_model(name)
    places, correlations = most_alike(split.images, train.images)
    copied = correlations >= COPY_CORRELATION
    by_heart = train.labels[places] == split.labels
    right = served_logits(model, split).argmax(axis=1) == split.labels
    return {
        "model": model.manifest.name,
        "images": len(split),
        "copies": int(copied.sum()),
        "copies_labelled_alike": _share(by_heart[copied]),
        "accuracy": _share(right),
        "accuracy_copies": _share(right[copied]),
        "accuracy_others": _share(right[~copied]),
        "accuracy_by_heart": _share(np.where(copied, by_heart, right)),
    }


def _share(of: np.ndarray) -> float | None:
    return round(float(of.mean()), 4) if len(of) else None


def in_words(figures: dict[str, Any]) -> str:
    if not figures["copies"]:
        return f"None of the {figures['images']} images has a copy in Training."
    return (
        f"{figures['copies']} of {figures['images']} images have a copy in Training, labelled alike in "
        f"{figures['copies_labelled_alike']:.1%}. {figures['model']} reads {figures['accuracy']:.1%} right: "
        f"{figures['accuracy_copies']:.1%} of those with a copy, {figures['accuracy_others']:.1%} of the others. "
        f"With the copies' labels known by heart it would be {figures['accuracy_by_heart']:.1%}."
    )


if __name__ == "__main__":
    run_program(main)
