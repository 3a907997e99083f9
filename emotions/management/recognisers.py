from typing import TYPE_CHECKING

from django.core.management.base import CommandError

if TYPE_CHECKING:
    from emotions.recognition import Recogniser


def chosen_recogniser(model: str, detector: str) -> "Recogniser":
    """A recogniser as a command's options name it; CommandError says what is wrong with them."""
    # OpenCV and LiteRT take a second to import; other commands, and --help, go without.
    from emotions.blazeface import MissingWeights  # noqa: PLC0415
    from emotions.faces import UnknownDetector  # noqa: PLC0415
    from emotions.recognition import Recogniser  # noqa: PLC0415
    from emotions.registry import DamagedModel, UnknownModel  # noqa: PLC0415

    try:
        return Recogniser(model, detector)
    except (UnknownModel, DamagedModel, UnknownDetector, MissingWeights) as error:
        raise CommandError(str(error)) from error
