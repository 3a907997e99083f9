"""Frames as a webcam would send them, for simulated students and end-to-end checks; nobody's camera is needed."""

import itertools
import zipfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from emotions.images import IMAGE_SUFFIXES, UnreadableImage, read_image
from emotions.labels import EXPRESSIONS, Expression
from emotions.synthetic.portraits import POSES, NoPortrait, portrait
from emotions.training.dataset import LabelledFaces, load_split
from emotions.video.capture import VIDEO_SUFFIXES, Frame, UnusableSource, captured

Size = tuple[int, int]
# x, y, width, height in pixels.
Box = tuple[int, int, int, int]

WEBCAM_SIZE = (320, 240)
JPEG_QUALITY = 80

# A face of FER-2013 is shown this large, pixels: as a student at arm's length from a laptop.
FACE_SIDES = (90, 140)
EDGE_SHARE = 0.08
# What a webcam's sensor adds in dim light, grey levels of 255.
DIM_NOISE = 4.0


def webcam_frames(
    source: Path | None, count: int, size: Size = WEBCAM_SIZE, seed: int = 0, split: str = "validation"
) -> Iterator[bytes]:
    """count JPEGs of size (width, height), each moved and lit a little differently; the same seed gives the same ones.

    source: an image, a folder of images, a video, FER-2013's zip (faces of `split` put into frames), or None for the
    portrait that scikit-image carries. Images and videos start again at their end. Raises UnusableSource,
    and dataset.DatasetError for a zip that is not FER-2013.
    """
    rng = np.random.default_rng(seed)
    if source is not None and zipfile.is_zipfile(source):
        return (jpeg for jpeg, _ in labelled_frames(source, count, split, size, seed))
    scenes = _scenes(source)
    return (_encoded(_shaken(_fitted(scene, size), rng)) for scene in itertools.islice(scenes, count))


def portrait_frames(expression: str, count: int, size: Size = WEBCAM_SIZE, seed: int = 0) -> Iterator[bytes]:
    """count JPEGs like webcam_frames', of the portrait with one of portraits.POSES. Raises UnusableSource."""
    if expression not in POSES:
        raise UnusableSource(f"The portrait has no expression {expression!r}; it has {', '.join(POSES)}.")
    rng, scene = np.random.default_rng(seed), _fitted(_portrait(expression), size)
    return (_encoded(_shaken(scene, rng)) for _ in range(count))


def labelled_frames(
    source: Path, count: int, split: str = "validation", size: Size = WEBCAM_SIZE, seed: int = 0
) -> Iterator[tuple[bytes, Expression]]:
    """count JPEGs with the label of the FER-2013 face each shows, drawn without repetition while there are enough.

    Raises dataset.DatasetError.
    """
    faces = load_split(source, split)
    return _faces_in_frames(faces, count, size, np.random.default_rng(seed))


def _faces_in_frames(
    faces: LabelledFaces, count: int, size: Size, rng: np.random.Generator
) -> Iterator[tuple[bytes, Expression]]:
    rounds = -(-count // len(faces))
    order = [place for _ in range(rounds) for place in rng.permutation(len(faces))][:count]
    for place in order:
        yield face_in_frame(faces.images[place], size, rng)[0], EXPRESSIONS[faces.labels[place]]


def face_in_frame(
    face: Frame, size: Size, rng: np.random.Generator, light: float = 1.0, lean: float = 0.0
) -> tuple[bytes, Box]:
    """The JPEG of a webcam-like frame of size (width, height) that shows the face [48, 48] uint8 somewhere, and where.

    light: the share of it that is left; below 1 the sensor adds noise, the same for the same face. lean: degrees by
    which the head leans clockwise, more than it does in the face as given."""
    scene, box = _composed(face, size, rng)
    frame = _relit(_turned(scene, box, lean) if lean else scene, rng)
    return _encoded(frame if light >= 1 else _dimmed(frame, light, seed=int(face.sum(dtype=np.int64)))), box


def _turned(scene: Frame, box: Box, degrees: float) -> Frame:
    left, top, width, height = box
    # OpenCV turns counter-clockwise.
    matrix = cv2.getRotationMatrix2D((left + width / 2, top + height / 2), -degrees, 1.0)
    size = (scene.shape[1], scene.shape[0])
    return np.asarray(cv2.warpAffine(scene, matrix, size, borderMode=cv2.BORDER_REFLECT_101), dtype=np.uint8)


def _dimmed(frame: Frame, light: float, seed: int) -> Frame:
    noise = np.random.default_rng(seed).normal(0.0, DIM_NOISE, frame.shape)
    return np.clip(np.rint(frame * light + noise), 0, 255).astype(np.uint8)


def _composed(face: Frame, size: Size, rng: np.random.Generator) -> tuple[Frame, Box]:
    """A FER-2013 face [48, 48] in front of a soft background, its edges faded in; [height, width, 3], and its box."""
    width, height = size
    side = int(rng.integers(*FACE_SIDES, endpoint=True)) * min(width, height) // 240
    left = int((width - side) * rng.uniform(0.3, 0.7))
    top = int((height - side) * rng.uniform(0.3, 0.7))
    large = cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    # The background takes the tone around the face, as FER-2013's tight crops show it: no edge that looks like a card.
    tone = float(np.median(np.concatenate([face[0], face[:, 0], face[:, -1]])))
    scene = _background(size, tone, rng)
    opacity = _faded_square(side)
    window = scene[top : top + side, left : left + side]
    window[:] = window * (1.0 - opacity) + large[..., np.newaxis] * opacity
    return np.clip(scene, 0, 255).astype(np.uint8), (left, top, side, side)


def _background(size: Size, tone: float, rng: np.random.Generator) -> NDArray[np.float32]:
    blotches = rng.normal(tone, 14.0, (4, 5, 1)) + rng.normal(0.0, 4.0, (4, 5, 3))
    return np.asarray(cv2.resize(blotches.astype(np.float32), size, interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def _faded_square(side: int) -> NDArray[np.float32]:
    edge = max(1.0, side * EDGE_SHARE)
    distance = np.minimum(np.arange(side), np.arange(side)[::-1]).astype(np.float32)
    ramp = np.clip((distance + 0.5) / edge, 0.0, 1.0)
    return np.minimum(ramp[:, np.newaxis], ramp[np.newaxis])[..., np.newaxis]


def _scenes(source: Path | None) -> Iterator[Frame]:
    """The frames of a source, without end; whatever is wrong with it is raised here, before the first is asked for."""
    if source is None:
        return itertools.cycle([_portrait("happy")])
    if not source.exists():
        raise UnusableSource(f"{source} does not exist.")
    if source.is_dir():
        paths = sorted(path for path in source.rglob("*") if path.suffix.lower() in IMAGE_SUFFIXES)
        if not paths:
            raise UnusableSource(f"{source} has no image ({', '.join(IMAGE_SUFFIXES)}).")
        _readable(paths[0])
        return (_readable(path) for path in itertools.cycle(paths))
    if source.suffix.lower() in VIDEO_SUFFIXES:
        first = next(captured(cv2.VideoCapture(str(source))), None)
        if first is None:
            raise UnusableSource(f"{source} is no video that OpenCV can read.")
        return itertools.chain.from_iterable(captured(cv2.VideoCapture(str(source))) for _ in itertools.count())
    return itertools.cycle([_readable(source)])


def _portrait(expression: str) -> Frame:
    try:
        return portrait(expression)
    except NoPortrait as error:
        raise UnusableSource(str(error)) from error


def _readable(path: Path) -> Frame:
    try:
        return read_image(path)
    except UnreadableImage as error:
        raise UnusableSource(f"{path} cannot be used as an image: {error}") from error


def _fitted(image: Frame, size: Size) -> Frame:
    """The image scaled to cover size and cut; more from the bottom than from the top, where faces are."""
    width, height = size
    scale = max(width / image.shape[1], height / image.shape[0])
    inner = (max(width, round(image.shape[1] * scale)), max(height, round(image.shape[0] * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    large = cv2.resize(image, inner, interpolation=method)
    left, top = (inner[0] - width) // 2, (inner[1] - height) // 5
    return np.asarray(large[top : top + height, left : left + width], dtype=np.uint8)


def _shaken(frame: Frame, rng: np.random.Generator) -> Frame:
    height, width = frame.shape[:2]
    turn, zoom = rng.uniform(-2.0, 2.0), rng.uniform(1.0, 1.05)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, zoom)
    matrix[:, 2] += rng.uniform(-0.015, 0.015, 2) * width
    moved = cv2.warpAffine(frame, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    return _relit(np.asarray(moved, dtype=np.uint8), rng)


def _relit(frame: Frame, rng: np.random.Generator) -> Frame:
    """A little brighter or darker, with a sensor's noise."""
    noise = rng.normal(0.0, 1.5, frame.shape[:2])[..., np.newaxis]
    return np.clip(frame * rng.uniform(0.85, 1.1) + noise, 0, 255).astype(np.uint8)


def _encoded(frame: Frame) -> bytes:
    _, data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return data.tobytes()
