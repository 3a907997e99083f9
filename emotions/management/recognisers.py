from argparse import ArgumentParser
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.management.base import CommandError

if TYPE_CHECKING:
    from emotions.recognition import Recogniser


def add_recogniser_options(parser: ArgumentParser) -> None:
    parser.add_argument("--detector", default=settings.FACE_DETECTOR, help="blazeface or haar; default: FACE_DETECTOR")
    parser.add_argument("--model", default=settings.EMOTION_MODEL, help="default: EMOTION_MODEL or models/default.txt")


def create_recogniser(model: str, detector: str) -> "Recogniser":
    """Create the recogniser that the options of a command name. Raises CommandError if they are wrong."""
    # OpenCV and LiteRT take a second to import, and other commands and --help do not need them.
    from emotions.blazeface import MissingWeights  # noqa: PLC0415
    from emotions.faces import UnknownDetector  # noqa: PLC0415
    from emotions.recognition import Recogniser  # noqa: PLC0415
    from emotions.registry import DamagedModel, UnknownModel  # noqa: PLC0415

    try:
        return Recogniser(model, detector)
    except (UnknownModel, DamagedModel, UnknownDetector, MissingWeights) as error:
        raise CommandError(str(error)) from error
