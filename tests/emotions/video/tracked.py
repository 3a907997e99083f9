"""Invented faces, as the recogniser would read them."""

from emotions.labels import EXPRESSIONS
from emotions.quality import FaceQuality
from emotions.results import Face

GOOD = FaceQuality(size_px=80, brightness=0.5, sharpness=0.5)
BLURRED = FaceQuality(size_px=80, brightness=0.5, sharpness=0.01)


def read_face(
    x: float, y: float = 50, side: float = 80, expression: str = "happy", quality: FaceQuality = GOOD, top: float = 0.94
) -> Face:
    """A face whose expression has the probability `top`, all others an equal one."""
    rest = (1 - top) / 6
    probabilities = tuple(top if name == expression else rest for name in EXPRESSIONS)
    doubt = "too_blurred" if quality is BLURRED else None
    return Face((x, y, side, side), 0.9, probabilities, expression, doubt, quality)
