"""Detection and each expression under other renderings of the same faces.

    .venv/bin/python benchmarks/fairness_probe.py --data fer2013.zip [--faces N] [--model NAME] [--json]

PublicTest's faces are put into 320x240 frames with another brightness, contrast, tone curve, colour cast or skin tone,
and go through JPEG, detection, cropping and the network.
`manage.py evaluate_emotion_model --report` has the same figures of 1,200 faces.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.fer_options import read_options
from benchmarks.program import run_program
from emotions.recognition import Recogniser
from emotions.synthetic import fairness
from emotions.training.copies import load_evaluation_split


def main() -> None:
    options = read_options(__doc__, faces=3589)
    faces = load_evaluation_split(options.data, "validation")
    figures = fairness.probe(Recogniser(options.model), faces, options.faces)
    print(json.dumps(figures) if options.json else fairness.section(figures))


if __name__ == "__main__":
    run_program(main)
