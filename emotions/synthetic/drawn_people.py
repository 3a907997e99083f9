"""Drawn people with expressions, for simulated classes: they need no photograph or data set, and show nobody.

Shapes and shades stand for skin, hair, eyes, brows, nose and mouth; a pose moves brows, lids and mouth as people do
(Ekman & Friesen's action units 1, 4, 5, 6, 12, 15 and 26, roughly). The network is not trained on drawings but reads
these as intended; tests check every person in every pose.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, reduce
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Image = NDArray[np.uint8]
Mask = NDArray[np.float32]
Colour = tuple[int, int, int]

SIZE = (320, 240)
# The middle of the face, and the pixels per unit of length. Half a face is about 104 units wide.
CENTRE = (160.0, 126.0)
PIXELS_A_UNIT = 0.56
BLACK, WHITE = (18, 16, 20), (220, 228, 232)
EYES_Y, MOUTH_Y = -22.0, 84.0
# OpenCV takes fractions of a pixel as integers.
SUBPIXEL_BITS = 3


@dataclass(frozen=True)
class Person:
    """Colours are blue, green, red. Lengths are half the face's width and height, and half the distance of the eyes."""

    skin: Colour
    hair: Colour
    wall: Colour
    width: float = 104
    height: float = 140
    eyes: float = 50
    long_hair: bool = False


@dataclass(frozen=True)
class Pose:
    """Units that brows and mouth corners move, upwards if positive. `eyes`: how far they are open, normally 1."""

    mouth_width: float = 46
    corners: float = 0
    opening: float = 0
    teeth: bool = False
    brows_inner: float = 0
    brows_outer: float = 0
    eyes: float = 1.0
    smile: float = 0.0
    frown: float = 0.0


POSES = {
    "neutral": Pose(),
    "happy": Pose(mouth_width=62, corners=20, opening=14, teeth=True, brows_inner=2, brows_outer=3, eyes=0.75, smile=1),
    "sad": Pose(mouth_width=44, corners=-18, brows_inner=20, brows_outer=-14, eyes=0.6, frown=0.3),
    "fear": Pose(mouth_width=40, corners=-16, opening=12, brows_inner=24, brows_outer=-8, eyes=1.1, frown=0.9),
    "angry": Pose(mouth_width=44, corners=-14, brows_inner=-26, brows_outer=10, eyes=1.25, frown=2),
    "surprise": Pose(mouth_width=30, opening=34, brows_inner=16, brows_outer=16, eyes=1.5),
}
PEOPLE = (
    Person(skin=(150, 180, 220), hair=(30, 40, 60), wall=(160, 150, 140)),
    Person(skin=(90, 120, 165), hair=(15, 15, 20), wall=(120, 130, 150), width=100, long_hair=True),
    Person(skin=(160, 186, 225), hair=(38, 70, 110), wall=(170, 175, 180), width=101),
    Person(skin=(62, 84, 122), hair=(12, 12, 14), wall=(150, 160, 150), width=106),
    Person(skin=(140, 172, 214), hair=(20, 20, 24), wall=(190, 180, 170), width=98, eyes=47, long_hair=True),
    Person(skin=(160, 185, 225), hair=(120, 125, 130), wall=(90, 90, 100), height=146),
    Person(skin=(110, 145, 190), hair=(22, 24, 30), wall=(140, 160, 175), width=108, height=138),
    Person(skin=(165, 190, 230), hair=(40, 65, 105), wall=(185, 190, 185), width=101, long_hair=True),
    Person(skin=(75, 100, 142), hair=(14, 14, 18), wall=(175, 165, 150), width=102, height=144),
    Person(skin=(155, 184, 224), hair=(70, 130, 185), wall=(150, 140, 150), width=100, eyes=48, long_hair=True),
    Person(skin=(125, 158, 202), hair=(18, 18, 22), wall=(110, 120, 120), width=107, height=142, eyes=52),
    Person(skin=(100, 132, 176), hair=(28, 30, 42), wall=(165, 170, 190), width=103, long_hair=True),
)


@cache
def drawn_person(number: int, expression: str) -> Image:
    """Return person `number` of PEOPLE, repeated in order, in one of POSES: [240, 320, 3] uint8, blue-green-red.

    Raises KeyError.
    """
    number %= len(PEOPLE)
    person, pose = PEOPLE[number], POSES[expression]
    canvas = Canvas(person.wall)
    _draw_head(canvas, person)
    _draw_nose(canvas, pose)
    for side in (-1, 1):
        _draw_eye(canvas, person, pose, side)
        _draw_brow(canvas, person, pose, side)
    _draw_mouth(canvas, person, pose)
    fringe = canvas.oval(0, -105, person.width * 1.12, 62, soft=0.1)
    hairline = -78 - 18 * np.cos(canvas.x / person.width * 1.6)
    canvas.paint(fringe * np.clip((hairline - canvas.y) / 10 + 0.5, 0, 1), person.hair)
    return canvas.photograph(seed=number)


@cache
def empty_room(number: int) -> Image:
    """Return what the camera of this person shows while they are out of view, like `drawn_person`."""
    number %= len(PEOPLE)
    return Canvas(PEOPLE[number].wall).photograph(seed=number)


class Canvas:
    """A picture in the making. All places and lengths are in units from the middle of the face, y downwards."""

    def __init__(self, wall: Colour) -> None:
        columns, rows = np.meshgrid(np.arange(SIZE[0], dtype=np.float32), np.arange(SIZE[1], dtype=np.float32))
        self.x = (columns - CENTRE[0]) / PIXELS_A_UNIT
        self.y = (rows - CENTRE[1]) / PIXELS_A_UNIT
        # The light comes from the right.
        self.picture = (0.85 + 0.3 * columns / SIZE[0])[..., np.newaxis] * np.array(wall, np.float32)

    def paint(self, mask: Mask, colour: ArrayLike, opacity: float = 1.0) -> None:
        region = _region_of(mask > 0)
        share = (np.clip(mask[region], 0, 1) * opacity)[..., np.newaxis]
        colours = np.broadcast_to(np.asarray(colour, np.float32), self.picture.shape)[region]
        self.picture[region] = self.picture[region] * (1 - share) + colours * share

    def light(self, mask: Mask, by: float) -> None:
        """Lighten where the mask is 1 by this share; darken if it is negative."""
        factor = 1 + by * mask
        region = _region_of(factor != 1)
        self.picture[region] *= factor[region][..., np.newaxis]

    def oval(self, x: float, y: float, width: float, height: float, soft: float = 0.05) -> Mask:
        """1 in an oval with these half axes, 0 outside, with a `soft` edge."""
        return np.clip((1 - np.hypot((self.x - x) / width, (self.y - y) / height)) / soft + 0.5, 0, 1)

    def spot(self, x: float, y: float, width: float, height: float) -> Mask:
        """A soft spot with these standard deviations."""
        across = np.exp(-(((self.x[0] - x) / width) ** 2) / 2)
        down = np.exp(-(((self.y[:, 0] - y) / height) ** 2) / 2)
        return down[:, np.newaxis] * across

    def line(self, points: ArrayLike, width: float, soft: float = 1.0) -> Mask:
        """1 along a line through the points [n, 2]."""
        mask = np.zeros(self.x.shape, np.uint8)
        thickness = max(1, round(width * PIXELS_A_UNIT))
        cv2.polylines(mask, [_in_pixels(points)], False, 255, thickness, cv2.LINE_AA, SUBPIXEL_BITS)
        return self._blurred(mask, soft) * min(1.0, width * PIXELS_A_UNIT / thickness)

    def area(self, points: ArrayLike, soft: float = 1.0) -> Mask:
        """1 inside the polygon with the corners [n, 2]."""
        mask = np.zeros(self.x.shape, np.uint8)
        cv2.fillPoly(mask, [_in_pixels(points)], 255, cv2.LINE_AA, SUBPIXEL_BITS)
        return self._blurred(mask, soft)

    def photograph(self, *, seed: int) -> Image:
        """The picture with the uneven texture that skin, hair and walls have."""
        rng = np.random.default_rng(seed)
        texture = cv2.GaussianBlur(rng.normal(0, 1, self.x.shape), (0, 0), 2) * 9
        lens = cv2.GaussianBlur(self.picture + texture[..., np.newaxis], (0, 0), 0.6)
        return np.clip(lens, 0, 255).astype(np.uint8)

    def _blurred(self, mask: Image, soft: float) -> Mask:
        deviation = soft * PIXELS_A_UNIT
        region = _region_of(mask > 0, margin=math.ceil(4 * deviation) + 1)  # OpenCV's kernel reaches no further
        blurred = np.zeros(mask.shape, np.float32)
        blurred[region] = cv2.GaussianBlur(mask[region].astype(np.float32) / 255, (0, 0), deviation)
        return blurred


def _region_of(changed: NDArray[np.bool_], margin: int = 0) -> tuple[slice, slice]:
    """The rows and columns with changed pixels: most strokes touch a small part of the picture."""
    x, y, width, height = cv2.boundingRect(changed.view(np.uint8))
    rows = slice(max(0, y - margin), y + height + margin)
    return rows, slice(max(0, x - margin), x + width + margin)


def _in_pixels(points: ArrayLike) -> NDArray[np.int32]:
    pixels = np.asarray(points, np.float32) * PIXELS_A_UNIT + CENTRE
    return np.rint(pixels * 2**SUBPIXEL_BITS).astype(np.int32).reshape(-1, 1, 2)


def _draw_head(canvas: Canvas, person: Person) -> None:
    """Shoulders, hair, neck, ears and the face, round and lit from the right, with eye sockets, cheeks and chin."""
    skin, hair = np.array(person.skin, np.float32), np.array(person.hair, np.float32)
    width, height = person.width, person.height
    canvas.paint(canvas.oval(0, 300, 210, 150), (90, 70, 60))
    if person.long_hair:
        canvas.paint(canvas.oval(0, 20, width * 1.32, height * 1.35), hair * 0.8)
    canvas.paint(canvas.oval(0, 150, width * 0.55, 110), skin * 0.7)
    canvas.paint(canvas.oval(0, -20, width * 1.12, height * 1.1), hair)
    for side in (-1, 1):
        canvas.paint(canvas.oval(side * width, 5, 16, 30, soft=0.1), skin * 0.82)
    across, down = canvas.x / width, (canvas.y - 5) / height
    towards_camera = np.sqrt(np.clip(1 - 0.9 * across**2 - 0.6 * down**2, 0, 1))
    shade = 0.55 + 0.5 * towards_camera - 0.1 * across - 0.08 * down
    canvas.paint(canvas.oval(0, 5, width, height, soft=0.04), skin * shade[..., np.newaxis])
    for side in (-1, 1):
        canvas.light(canvas.spot(side * person.eyes * 0.92, EYES_Y - 10, 26, 15), by=-0.3)
        canvas.light(canvas.spot(side * person.eyes * 0.8, EYES_Y + 20, 22, 8), by=-0.12)
        canvas.light(canvas.spot(side * 58, 38, 24, 20), by=0.14)
    canvas.light(canvas.spot(0, 112, 26, 6), by=-0.18)


def _draw_nose(canvas: Canvas, pose: Pose) -> None:
    for x, y, width, height, by in (
        (0, 10, 7, 34, 0.16),
        (14, 14, 7, 28, -0.16),
        (-15, 14, 7, 28, -0.1),
        (0, 36, 13, 9, 0.12),
        (0, 52, 22, 5, -0.35),
    ):
        canvas.light(canvas.spot(x, y, width, height), by=by)
    for side in (-1, 1):
        canvas.light(canvas.spot(side * 11, 48, 5, 3.5), by=-0.45)
        canvas.light(canvas.spot(side * 23, 42, 4, 9), by=-0.2)
        # The fold between nose and mouth. A smile deepens it by lifting the cheek.
        along = np.linspace(0, 1, 20)
        fold = np.stack([side * (24 + (26 + 14 * pose.smile) * along**0.9), 46 + (48 - 8 * pose.smile) * along], 1)
        canvas.light(canvas.line(fold, 4, soft=3), by=-0.12 - 0.25 * pose.smile)
        canvas.light(canvas.spot(side * 60, 34, 20, 14), by=0.15 * pose.smile)
        furrow = [(side * 7, EYES_Y - 44), (side * 6, EYES_Y - 26)]
        canvas.light(canvas.line(furrow, 3, soft=2), by=-0.4 * pose.frown)


def _draw_eye(canvas: Canvas, person: Person, pose: Pose, side: int) -> None:
    x, y, open_by = side * person.eyes, EYES_Y, 10 * pose.eyes
    across = np.linspace(-1, 1, 30)
    upper = np.stack([x + 24 * across, y - open_by * (1 - across**2) ** 0.7], 1)
    lower = np.stack([x + 24 * across, y + 0.65 * open_by * (1 - across**2) - 2 * pose.smile], 1)
    inside = canvas.area(np.concatenate([upper, lower[::-1]]), soft=0.9)
    canvas.paint(inside, WHITE)
    canvas.paint(inside * canvas.oval(x, y - 1, 10.5, 10.5, soft=0.15), (60, 70, 60))
    canvas.paint(inside * canvas.oval(x, y - 1, 5, 5, soft=0.2), BLACK)
    canvas.paint(inside * canvas.oval(x - 3, y - 4, 2.4, 2.4, soft=0.4), (245, 245, 245))
    canvas.light(inside * canvas.spot(x, y - open_by, 24, 4), by=-0.45)
    skin = np.array(person.skin, np.float32)
    canvas.paint(canvas.line(upper, 4.5), BLACK, opacity=0.85)
    canvas.paint(canvas.line(lower, 1.6), skin * 0.45, opacity=0.5)
    canvas.paint(canvas.line(upper - (0, 7), 2), skin * 0.5, opacity=0.45)


def _draw_brow(canvas: Canvas, person: Person, pose: Pose, side: int) -> None:
    along = np.linspace(0, 1, 24)  # from the nose outwards
    lift = pose.brows_inner * (1 - along) ** 1.5 + pose.brows_outer * along + 7 * np.sin(0.8 * np.pi * along)
    x = side * (person.eyes - 26.4 + 56.4 * along - 4 * pose.frown * (1 - along))
    points = np.stack([x, EYES_Y - 34 - lift], 1)
    widths = 11 - 5.5 * along
    mask = reduce(np.maximum, (canvas.line(ends, width) for ends, width in zip(pairwise(points), widths, strict=False)))
    canvas.paint(mask * 1.2, np.array(person.hair, np.float32) * 0.6 + 5, opacity=0.8)


def _draw_mouth(canvas: Canvas, person: Person, pose: Pose) -> None:
    across = np.linspace(-1, 1, 50)
    bulge = 1 - across**2
    middle = MOUTH_Y + pose.corners * (0.35 - across**2)

    def edge(offset: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack([pose.mouth_width * across, middle + offset], 1)

    upper, lower = edge(-0.35 * pose.opening * bulge), edge(0.75 * pose.opening * bulge)
    cupid = 1 - 0.25 * np.exp(-((across / 0.18) ** 2))
    top = upper - np.stack([np.zeros(50), (8 - 3 * pose.smile) * bulge * cupid], 1)
    bottom = lower + np.stack([np.zeros(50), (11 - 2 * pose.smile) * bulge], 1)
    skin = np.array(person.skin, np.float32)
    canvas.paint(canvas.area(np.concatenate([top, bottom[::-1]])), skin * np.array((0.62, 0.55, 0.8)), opacity=0.9)
    if pose.opening:
        canvas.paint(canvas.area(np.concatenate([upper, lower[::-1]])), (30, 20, 45))
        if pose.teeth:
            canvas.paint(canvas.area(np.concatenate([upper, (upper + 0.75 * (lower - upper))[::-1]])), WHITE, 0.95)
    else:
        canvas.paint(canvas.line(upper, 3.2), skin * 0.25, opacity=0.9)
    for side in (-1, 1):
        canvas.light(canvas.spot(side * (pose.mouth_width + 3), middle[0], 6, 6), by=-0.3)
    canvas.light(canvas.spot(0, MOUTH_Y + 24 + 0.6 * pose.opening, 24, 5), by=-0.22)
