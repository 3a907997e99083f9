"""Synthetic webcam frames for simulated students and end-to-end checks; no camera is needed."""

import itertools
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from emotions.images import IMAGE_SUFFIXES, UnreadableImage, image_files, read_image
from emotions.labels import EXPRESSIONS, Expression
from emotions.synthetic.drawn_people import POSES, drawn_person, empty_room
from emotions.synthetic.portraits import NoPortrait, portrait
from emotions.training.dataset import load_split
from emotions.video.capture import VIDEO_SUFFIXES, Frame, UnusableSource, open_video, read_frames

Size = tuple[int, int]
# x, y, width, height in pixels.
Box = tuple[int, int, int, int]

WEBCAM_SIZE = (320, 240)
# Stands in for an expression: the person is out of view, and the camera shows an empty room.
ABSENT = "absent"
JPEG_QUALITY = 80

# Sides of a FER-2013 face in a frame, in pixels: a student at arm's length from a laptop.
FACE_SIDES = (90, 140)
EDGE_SHARE = 0.08
# The noise of a webcam's sensor in dim light, in grey levels of 255.
DIM_NOISE = 4.0


def webcam_frames(source: Path | None, count: int, size: Size = WEBCAM_SIZE, seed: int = 0) -> Iterator[bytes]:
    """Yield `count` JPEGs of size (width, height), each shifted and lit slightly differently; a seed repeats them.

    source: an image, a folder of images, a video, the FER-2013 zip (its validation faces placed in frames), or None for
    the portrait in scikit-image. Images and videos repeat from the start. Raises UnusableSource, and
    dataset.DatasetError for a zip that is not FER-2013.
    """
    rng = np.random.default_rng(seed)
    if source is not None and zipfile.is_zipfile(source):
        return (jpeg for jpeg, _ in labelled_frames(source, count, size=size, seed=seed))
    scenes = _scenes(source)
    return (_encode(_shake(_fit(scene, size), rng)) for scene in itertools.islice(scenes, count))


def drawn_frames(number: int, expression: str, count: int) -> Iterator[bytes]:
    """Yield `count` JPEGs like webcam_frames, of person `number` of drawn_people in one of its POSES, or of their empty
    room if the expression is ABSENT. Raises UnusableSource."""
    if expression not in (*POSES, ABSENT):
        known = ", ".join((*POSES, ABSENT))
        raise UnusableSource(f"Drawn people have no expression {expression!r}; they have {known}.")
    scene = empty_room(number) if expression == ABSENT else drawn_person(number, expression)
    rng = np.random.default_rng(number)
    return (_encode(_shake(scene, rng)) for _ in range(count))


def labelled_frames(
    source: Path, count: int, split: str = "validation", size: Size = WEBCAM_SIZE, seed: int = 0
) -> Iterator[tuple[bytes, Expression]]:
    """Yield `count` JPEGs with the label of the FER-2013 face in each, without repetition while the faces last.

    Raises dataset.DatasetError.
    """
    faces = load_split(source, split)
    rng = np.random.default_rng(seed)
    rounds = -(-count // len(faces))
    order = [index for _ in range(rounds) for index in rng.permutation(len(faces))][:count]
    return ((face_in_frame(faces.images[index], size, rng)[0], EXPRESSIONS[faces.labels[index]]) for index in order)


def face_in_frame(
    face: Frame,
    size: Size,
    rng: np.random.Generator,
    light: float = 1.0,
    lean: float = 0.0,
    render: Callable[[Frame, Box], Frame] | None = None,
) -> tuple[bytes, Box]:
    """Return the JPEG of a frame that picture_of_face makes of these arguments, and the face's box."""
    frame, box = picture_of_face(face, size, rng, light, lean, render)
    return _encode(frame), box


def picture_of_face(
    face: Frame,
    size: Size,
    rng: np.random.Generator,
    light: float = 1.0,
    lean: float = 0.0,
    render: Callable[[Frame, Box], Frame] | None = None,
) -> tuple[Frame, Box]:
    """Place a face [48, 48] uint8 in a webcam-like frame of size (width, height). Returns the frame and the face's box.

    light: the remaining share of the light; below 1 the sensor adds noise, the same for the same face. lean: degrees by
    which the head leans clockwise, on top of its lean in the given face. render: takes the scene and the face's box and
    changes the scene, before it leans and the sensor adds noise.
    """
    scene, box = _compose(face, size, rng)
    if render:
        scene = render(scene, box)
    if lean:
        left, top, width, height = box
        # OpenCV turns counter-clockwise.
        matrix = cv2.getRotationMatrix2D((left + width / 2, top + height / 2), -lean, 1.0)
        turned = cv2.warpAffine(scene, matrix, scene.shape[1::-1], borderMode=cv2.BORDER_REFLECT_101)
        scene = np.asarray(turned, dtype=np.uint8)
    frame = _relight(scene, rng)
    if light < 1:
        noise = np.random.default_rng(int(face.sum(dtype=np.int64))).normal(0.0, DIM_NOISE, frame.shape)
        frame = np.clip(np.rint(frame * light + noise), 0, 255).astype(np.uint8)
    return frame, box


def _compose(face: Frame, size: Size, rng: np.random.Generator) -> tuple[Frame, Box]:
    """Put a FER-2013 face [48, 48] with faded edges on a soft background. Returns [height, width, 3] and the box."""
    width, height = size
    side = int(rng.integers(*FACE_SIDES, endpoint=True)) * min(width, height) // 240
    left = int((width - side) * rng.uniform(0.3, 0.7))
    top = int((height - side) * rng.uniform(0.3, 0.7))
    large = cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    # The background gets the tone at the edges of FER-2013's tight crops, so that the face does not look like a card.
    tone = float(np.median(np.concatenate([face[0], face[:, 0], face[:, -1]])))
    blotches = rng.normal(tone, 14.0, (4, 5, 1)) + rng.normal(0.0, 4.0, (4, 5, 3))
    scene = np.asarray(cv2.resize(blotches.astype(np.float32), size, interpolation=cv2.INTER_CUBIC), dtype=np.float32)
    edge = max(1.0, side * EDGE_SHARE)
    distance = np.minimum(np.arange(side), np.arange(side)[::-1]).astype(np.float32)
    ramp = np.clip((distance + 0.5) / edge, 0.0, 1.0)
    opacity = np.minimum(ramp[:, np.newaxis], ramp[np.newaxis])[..., np.newaxis]
    window = scene[top : top + side, left : left + side]
    window[:] = window * (1.0 - opacity) + large[..., np.newaxis] * opacity
    return np.clip(scene, 0, 255).astype(np.uint8), (left, top, side, side)


def _scenes(source: Path | None) -> Iterator[Frame]:
    """Return the frames of a source, repeated forever. Raises UnusableSource immediately, not at the first frame."""
    if source is None:
        try:
            return itertools.cycle([portrait()])
        except NoPortrait as error:
            raise UnusableSource(str(error)) from error
    if not source.exists():
        raise UnusableSource(f"{source} does not exist.")
    if source.is_dir():
        paths = image_files(source)
        if not paths:
            raise UnusableSource(f"{source} has no image ({', '.join(IMAGE_SUFFIXES)}).")
        _readable(paths[0])
        return (_readable(path) for path in itertools.cycle(paths))
    if source.suffix.lower() in VIDEO_SUFFIXES:
        first = next(read_frames(open_video(source)), None)
        if first is None:
            raise UnusableSource(f"{source} is not a video that OpenCV can read.")
        return itertools.chain.from_iterable(read_frames(open_video(source)) for _ in itertools.count())
    return itertools.cycle([_readable(source)])


def _readable(path: Path) -> Frame:
    try:
        return read_image(path)
    except UnreadableImage as error:
        raise UnusableSource(f"{path} cannot be used as an image: {error}") from error


def _fit(image: Frame, size: Size) -> Frame:
    """Scale the image to cover size and crop it, more from the bottom than from the top, where faces are."""
    width, height = size
    scale = max(width / image.shape[1], height / image.shape[0])
    inner = (max(width, round(image.shape[1] * scale)), max(height, round(image.shape[0] * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    large = cv2.resize(image, inner, interpolation=method)
    left, top = (inner[0] - width) // 2, (inner[1] - height) // 5
    return np.asarray(large[top : top + height, left : left + width], dtype=np.uint8)


def _shake(frame: Frame, rng: np.random.Generator) -> Frame:
    height, width = frame.shape[:2]
    turn, zoom = rng.uniform(-2.0, 2.0), rng.uniform(1.0, 1.05)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, zoom)
    matrix[:, 2] += rng.uniform(-0.015, 0.015, 2) * width
    moved = cv2.warpAffine(frame, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    return _relight(np.asarray(moved, dtype=np.uint8), rng)


def _relight(frame: Frame, rng: np.random.Generator) -> Frame:
    """Make the frame slightly brighter or darker, with the noise of a sensor."""
    noise = rng.normal(0.0, 1.5, frame.shape[:2])[..., np.newaxis]
    return np.clip(frame * rng.uniform(0.85, 1.1) + noise, 0, 255).astype(np.uint8)


def _encode(frame: Frame) -> bytes:
    _, data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return data.tobytes()
