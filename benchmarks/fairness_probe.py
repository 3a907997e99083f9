"""What other renderings of the same faces do to detection and to each expression.

    .venv/bin/python benchmarks/fairness_probe.py --data fer2013.zip [--faces N] [--model NAME] [--json]

The faces of PublicTest stand in 320x240 frames of another brightness, contrast, tone curve, colour cast or skin tone,
and go through JPEG, detection, cropping and the network.
`manage.py evaluate_emotion_model --report` has the same figures of 1,200 faces.
"""

import argparse
import json
import os
import sys
from pathlib import Path

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", DJANGO_SETTINGS_MODULE="config.settings")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

from emotions.recognition import Recogniser
from emotions.synthetic import fairness
from emotions.training.copies import load_evaluation_split


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--faces", type=int, default=3589)
    parser.add_argument("--model", default="", help="a stored model; default: the one that is served")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    django.setup()
    faces = load_evaluation_split(options.data, "validation")
    figures = fairness.probe(Recogniser(options.model), faces, options.faces)
    print(json.dumps(figures) if options.json else fairness.section(figures))


if __name__ == "__main__":
    main()
