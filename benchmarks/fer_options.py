"""The common start of the programs that read FER-2013's faces. Import this before anything that loads TensorFlow."""

import argparse
import os
from pathlib import Path

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", DJANGO_SETTINGS_MODULE="config.settings")

import django
from django.apps import apps

from emotions.management.options import positive


def read_options(description: str | None, *, faces: int) -> argparse.Namespace:
    """Set up Django and return `data`, `faces`, `model` and `json`; faces: how many are read by default."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--faces", type=positive(int), default=faces)
    parser.add_argument("--model", default="", help="a stored model; default: the one that is served")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    start_django()
    return options


def start_django() -> None:
    """Set up Django, unless the process has done so: a second setup closes the handlers of other libraries' logs."""
    if not apps.ready:
        django.setup()
