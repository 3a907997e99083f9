from typing import TYPE_CHECKING

from django.core.management.base import CommandError

if TYPE_CHECKING:
    from emotions.recognition import Recogniser


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
