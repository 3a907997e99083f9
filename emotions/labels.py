"""The seven expressions of FER-2013, in the order of the network's outputs (alphabetical, as its folders sort)."""

from collections.abc import Sequence
from typing import Literal, get_args

Expression = Literal["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]

EXPRESSIONS: tuple[Expression, ...] = get_args(Expression)

Probabilities = tuple[float, float, float, float, float, float, float]


def by_name(probabilities: Sequence[float]) -> dict[str, float]:
    """Key seven probabilities by expression. Raises ValueError for any other number of them."""
    return dict(zip(EXPRESSIONS, probabilities, strict=True))
