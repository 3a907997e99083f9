"""Boxes and labels on a frame."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from emotions.labels import Expression
from emotions.video.tracking import TrackedFace

Colour = tuple[int, int, int]

# Blue, green, red; the hues of the teacher's dashboard.
COLOURS: dict[Expression, Colour] = {
    "angry": (77, 87, 224),
    "disgust": (74, 154, 76),
    "fear": (232, 116, 143),
    "happy": (60, 177, 224),
    "neutral": (178, 162, 150),
    "sad": (230, 131, 63),
    "surprise": (205, 192, 60),
}
UNCERTAIN: Colour = (225, 225, 225)
BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)

FONT = cv2.FONT_HERSHEY_SIMPLEX
# Text grows with the frame but never becomes too small to read.
FONT_SCALE_PER_PX = 0.6 / 480
MIN_FONT_SCALE = 0.42
MAX_FONT_SCALE = 1.6


def annotate(image: NDArray[np.uint8], faces: Sequence[TrackedFace]) -> NDArray[np.uint8]:
    """Return a copy of a frame [height, width, 3] uint8, blue-green-red, with a box and a label for each face."""
    drawn = image.copy()
    # Draw larger faces later and tags last: the face nearest the camera stays whole, and no box crosses a label.
    ordered = sorted(faces, key=lambda face: face.area)
    thickness = max(1, round(min(image.shape[:2]) / 240))
    for face in ordered:
        left, top, right, bottom = _corners(face, drawn)
        # A dark rim keeps the box visible on a background of the same colour.
        cv2.rectangle(drawn, (left, top), (right, bottom), BLACK, thickness + 2)
        cv2.rectangle(drawn, (left, top), (right, bottom), _colour(face), thickness)
    for face in ordered:
        _draw_tag(drawn, face)
    return drawn


def label(tracked: TrackedFace) -> str:
    """Return the label of a face: '1 happy 82%', or '1 uncertain: too dark'."""
    face = tracked.face
    if face.uncertain:
        return f"{tracked.id} uncertain: {face.uncertain.replace('_', ' ')}"
    return f"{tracked.id} {face.expression} {max(face.probabilities):.0%}"


def _draw_tag(image: NDArray[np.uint8], tracked: TrackedFace) -> None:
    """Draw a filled tag above the box, below it at the top edge, or inside it; always within the frame."""
    height, width = image.shape[:2]
    text = label(tracked)
    scale, thickness = _font(text, width, height)
    (text_width, text_height), below = cv2.getTextSize(text, FONT, scale, thickness)
    pad = max(2, round(6 * scale))
    tag_width, tag_height = text_width + 2 * pad, text_height + below + 2 * pad
    left, top, _, bottom = _corners(tracked, image)
    x = max(0, min(left, width - tag_width))
    y = next((y for y in (top - tag_height, bottom) if 0 <= y <= height - tag_height), max(0, top))
    colour = _colour(tracked)
    ends = (x, y), (x + tag_width - 1, y + tag_height - 1)
    cv2.rectangle(image, *ends, colour, cv2.FILLED)
    cv2.rectangle(image, *ends, BLACK, 1)
    at = (x + pad, y + pad + text_height)
    blue, green, red = colour
    is_light = 0.114 * blue + 0.587 * green + 0.299 * red > 120
    cv2.putText(image, text, at, FONT, scale, BLACK if is_light else WHITE, thickness, cv2.LINE_AA)


def _font(text: str, width: int, height: int) -> tuple[float, int]:
    """Return the scale and thickness for a frame of width x height pixels, small enough for the text to fit."""
    scale = min(max(min(width, height) * FONT_SCALE_PER_PX, MIN_FONT_SCALE), MAX_FONT_SCALE)
    needed = cv2.getTextSize(text, FONT, scale, 1)[0][0] + 12 * scale + 4
    scale *= min(1.0, width / needed)
    return scale, 2 if scale >= 0.8 else 1


def _corners(tracked: TrackedFace, image: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom. The box of a face at the edge of the frame ends at the edge."""
    height, width = image.shape[:2]
    x, y, wide, high = tracked.face.box
    return max(0, round(x)), max(0, round(y)), min(round(x + wide), width - 1), min(round(y + high), height - 1)


def _colour(tracked: TrackedFace) -> Colour:
    return UNCERTAIN if tracked.face.uncertain else COLOURS[tracked.face.expression]
