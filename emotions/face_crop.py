"""A browser's findings in a frame, and its crop of a face: all that a student's page sends if it can.

Pure Python: the web process checks it and never loads OpenCV.
"""

import math
from dataclasses import dataclass

# The crop is this many times the box's longer side: enough for the network's view of a head that leans by 45 degrees.
CROP_SCALE = 1.6
MAX_CROP_SIDE = 128

Box = tuple[float, float, float, float]
Place = tuple[int, int, int, int]
Point = tuple[float, float]


@dataclass(frozen=True)
class FaceCrop:
    """A face and its picture. Everything but the picture is in pixels of the frame.

    box: x, y, width, height; it may reach beyond the frame. score: the detector's, 0..1. eyes: the one on the frame's
    left first. place: left, top, width, height of what the picture shows, inside the frame. jpeg: that part of the
    frame, in picture_size(place).
    """

    box: Box
    score: float
    eyes: tuple[Point, Point]
    place: Place
    jpeg: bytes

    @property
    def roll(self) -> float:
        """The clockwise lean of the face in radians."""
        (left_x, left_y), (right_x, right_y) = self.eyes
        return math.atan2(right_y - left_y, right_x - left_x)


@dataclass(frozen=True)
class FoundFaces:
    """width, height: of the frame in pixels. count: of the faces in it. nearest: the largest, or None without any."""

    width: int
    height: int
    count: int
    nearest: FaceCrop | None


def crop_place(box: Box, width: int, height: int) -> Place:
    """Return left, top, width and height of the crop in a frame [height, width]: a square around the box, clipped to
    the frame."""
    x, y, box_width, box_height = box
    half = max(box_width, box_height) * CROP_SCALE / 2
    centre_x, centre_y = x + box_width / 2, y + box_height / 2
    left, top = max(0, math.floor(centre_x - half)), max(0, math.floor(centre_y - half))
    right, bottom = min(width, math.ceil(centre_x + half)), min(height, math.ceil(centre_y + half))
    return left, top, right - left, bottom - top


def picture_size(place: Place) -> tuple[int, int]:
    """Return width and height of the picture of a place: its own, or scaled down to MAX_CROP_SIDE."""
    width, height = place[2:]
    longest = max(width, height)
    if longest <= MAX_CROP_SIDE:
        return width, height
    # Rounded as in JavaScript.
    width, height = (math.floor(side * MAX_CROP_SIDE / longest + 0.5) for side in (width, height))
    return max(1, width), max(1, height)
