"""Command-line values checked before a command starts (argparse's `type`), and options that commands share."""

import math
import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emotions.training.augmentation import Augmentation


def positive(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    """Accept a finite number of this kind above 0."""
    return _number(kind, lambda value: value > 0, "above 0")


def not_negative(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    """Accept a finite number of this kind of at least 0."""
    return _number(kind, lambda value: value >= 0, "of at least 0")


def share(text: str) -> float:
    """Accept a number from 0 to 1."""
    return float(_number(float, lambda value: 0 <= value <= 1, "from 0 to 1")(text))


def model_name(text: str) -> str:
    """Accept the name of a folder under models/."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", text):
        raise ArgumentTypeError(
            f"{text!r} is not a valid name: use letters, digits, '.', '_' and '-', starting with a letter or digit."
        )
    return text


def stage(text: str) -> tuple[float, int, float]:
    """Accept SHARE:SIDE:ZOOM, the fields of a training stage."""
    try:
        share_of_epochs, side, zoom = text.split(":")
        return share(share_of_epochs), positive(int)(side), positive(float)(zoom)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not of the form SHARE:SIDE:ZOOM, such as 0.65:32:0.8.") from None


def teacher(text: str) -> tuple[Any, ...]:
    """Accept NAME[:WEIGHT[:TEMPERATURE]], the fields of a teacher in a distillation."""
    name, *numbers = text.split(":")
    if len(numbers) > 2:
        raise ArgumentTypeError(
            f"{text!r} is not of the form NAME[:WEIGHT[:TEMPERATURE]], such as fer-vgg-pair:0.65:1."
        )
    return model_name(name), *(positive(float)(number) for number in numbers)


def add_augmentation_options(parser: ArgumentParser) -> None:
    parser.add_argument("--strength", type=not_negative(float), help="of the augmentation; default: 1")
    parser.add_argument("--grainy", type=share, help="share of faces with the grain of a dim room")
    parser.add_argument("--blurred", type=share, help="share of faces out of focus")


def add_distillation_options(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--transfer-set",
        type=Path,
        metavar="FOLDER",
        help="learn from its views, which are only mirrored and shifted",
    )
    parser.add_argument(
        "--teachers",
        type=teacher,
        nargs="+",
        metavar="NAME[:WEIGHT[:TEMPERATURE]]",
        help="teachers of the transfer set",
    )
    parser.add_argument("--alpha", type=share, help="share of the label in each target; default: 0.3")


def augmentation(options: dict[str, Any]) -> "Augmentation":
    """The augmentation that these options specify."""
    from emotions.training.augmentation import Augmentation  # noqa: PLC0415  # OpenCV: commands' --help goes without

    variations = Augmentation(**given(options, "grainy", "blurred"))
    return variations if options["strength"] is None else variations.stronger(options["strength"])


def given(options: dict[str, Any], *names: str) -> dict[str, Any]:
    """Those of the named options that the command line sets."""
    return {name: options[name] for name in names if options[name] is not None}


def printable(text: str) -> str:
    r"""Write the bytes of a file's name that are not text as \\udcXX, which is also valid in JSON. On Linux a name may
    be any bytes, and a terminal refuses these."""
    return text.encode(errors="backslashreplace").decode()


def _number(kind: Callable[[str], Any], fits: Callable[[Any], bool], range_: str) -> Callable[[str], Any]:
    def number(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and fits(value)):
            raise ArgumentTypeError(f"{text!r} is not a {'whole ' if kind is int else ''}number {range_}.")
        return value

    return number
