"""Kinds of command-line values, checked before a command begins; for argparse's `type`."""

import math
import re
from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import Any


def positive(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    """A number of this kind above 0; not nan, not infinite."""
    return _number(kind, lambda value: value > 0, "above 0")


def not_negative(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    """A number of this kind, at least 0; not nan, not infinite."""
    return _number(kind, lambda value: value >= 0, "of at least 0")


def share(text: str) -> float:
    """A number from 0 to 1."""
    return float(_number(float, lambda value: 0 <= value <= 1, "from 0 to 1")(text))


def model_name(text: str) -> str:
    """Names a folder among the models."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", text):
        raise ArgumentTypeError(f"{text!r} is no name: letters, digits, '.', '_' and '-', a letter or digit first.")
    return text


def _number(kind: Callable[[str], Any], fits: Callable[[Any], bool], range_: str) -> Callable[[str], Any]:
    def number(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and fits(value)):
            raise ArgumentTypeError(f"{text!r} is no {'whole ' if kind is int else ''}number {range_}.")
        return value

    return number
