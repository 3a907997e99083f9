"""Frames with timestamps from a camera, a video, an image or a folder of images."""

import os
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from emotions.images import IMAGE_SUFFIXES, UNREAD_SUFFIXES, UnreadableImage, image_files, read_image
from emotions.video.capture import VIDEO_SUFFIXES, UnusableSource, is_text, open_video, read_frames

# A damaged video makes FFmpeg report every frame. OpenCV reads this variable when it opens the first video.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

# OpenCV interprets an index from here on as the number of a back end.
MAX_CAMERAS = 100
# The rate of a camera or file that states none or, like browsers' recordings, an absurd one.
DEFAULT_FPS = 30.0
FPS_RANGE = (1.0, 120.0)
# A gap between two frames that is longer than both this and the video is an error in the timestamps.
MAX_GAP_S = 600.0
# A longer stated duration counts as none.
MAX_DURATION_S = 1e6
# The stated duration of a container is slightly off; anything missing beyond this was cut off.
MISSING_SHARE = 0.1
MISSING_S = 0.5


class SourceLost(RuntimeError):
    """A source failed after some frames; the message says how far it got."""


@dataclass(frozen=True)
class Shot:
    """image: [height, width, 3] uint8, blue-green-red. number: from 0. time_s: since the first shot; 0 for pictures.

    file: the file's name, its path within the folder if it is one of several, or '' for a camera.
    """

    image: NDArray[np.uint8]
    number: int
    time_s: float
    file: str


@dataclass(frozen=True)
class Source:
    """shots: iterate once, then close; iterating raises SourceLost. fps: nominal frames per second.

    count: the expected number of shots, None if unknown. pictures: the shots are unrelated images.
    """

    shots: Generator[Shot]
    fps: float
    count: int | None
    pictures: bool = False
    live: bool = False


def open_source(name: str) -> Source:
    """Open a camera for a whole number, otherwise the file or folder of that name. Raises UnusableSource."""
    if name.isascii() and name.isdigit():
        return _camera(int(name))
    path = Path(name)
    if not path.exists():
        raise UnusableSource(f"{path} does not exist. Name a camera's number, a video, an image or a folder.")
    if path.is_dir():
        return _folder(path)
    suffix = path.suffix.lower()
    # FFmpeg reads frames of no other image format.
    is_animated = suffix == ".gif" and is_text(path) and cv2.imcount(str(path)) > 1
    if suffix in IMAGE_SUFFIXES + UNREAD_SUFFIXES and not is_animated:
        return _image(path)
    return _video(path)


def _camera(index: int) -> Source:
    with _silenced_opencv():
        capture = cv2.VideoCapture(index) if index < MAX_CAMERAS else None
    if capture is None or not capture.isOpened():
        raise UnusableSource(f"There is no camera {index}, or another program is using it.")
    # Frames that a slow machine cannot read in time are skipped rather than shown late.
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)

    def shots() -> Generator[Shot]:
        start = None
        for number, image in enumerate(read_frames(capture)):
            now = time.monotonic()
            start = now if start is None else start
            yield Shot(image, number, now - start, "")
        raise SourceLost(f"Camera {index} gives no {'frame' if start is None else 'more frames'}.")

    return Source(shots(), _fps(capture), None, live=True)


def _video(path: Path) -> Source:
    with _silenced_opencv():
        capture = open_video(path)
    count = capture.get(cv2.CAP_PROP_FRAME_COUNT)
    if not capture.isOpened():
        kinds = ", ".join(VIDEO_SUFFIXES + IMAGE_SUFFIXES)
        raise UnusableSource(f"{path} is not a video or image that OpenCV can read ({kinds}), or it is truncated.")
    # Streams without an index state no count, or an absurd one.
    return Source(_video_shots(capture, path), _fps(capture), int(count) if 0 < count < 1e8 else None)


def _video_shots(capture: cv2.VideoCapture, path: Path) -> Generator[Shot]:
    rate = max(capture.get(cv2.CAP_PROP_FPS), 1e-6)
    stated_s = capture.get(cv2.CAP_PROP_FRAME_COUNT) / rate
    max_gap_s = max(MAX_GAP_S, stated_s if stated_s < MAX_DURATION_S else 0.0)
    default_s = 1.0 / _fps(capture)
    time_s, start_s, longest_s, stamp_s, number = 0.0, 0.0, 1.0 / rate, None, -1
    for number, image in enumerate(read_frames(capture)):
        before_s, stamp_s = stamp_s, capture.get(cv2.CAP_PROP_POS_MSEC) / 1000.0
        if before_s is None:
            start_s = capture.get(cv2.CAP_PROP_PTS) / rate
        else:
            gap_s = stamp_s - before_s if 0 < stamp_s - before_s <= max_gap_s else default_s
            time_s, longest_s = time_s + gap_s, max(longest_s, gap_s)
        yield Shot(image, number, time_s, path.name)
    if number < 0:
        raise SourceLost(f"{path} has no frame that OpenCV can read.")
    # Matroska states the time of its end, not its length; other containers state the length.
    length_s = stated_s - start_s if 0 < start_s < stated_s else stated_s
    missing_s = length_s - time_s - longest_s
    if MISSING_S + MISSING_SHARE * length_s < missing_s < MAX_DURATION_S:
        raise SourceLost(f"{path} ends after {time_s + default_s:.1f} of {length_s:.1f} seconds.")


def _image(path: Path) -> Source:
    try:
        image = read_image(path)
    except UnreadableImage as error:
        raise UnusableSource(f"{path} cannot be used as an image: {error}") from error
    shots = (shot for shot in [Shot(image, 0, 0.0, path.name)])
    return Source(shots, DEFAULT_FPS, 1, pictures=True)


def _folder(folder: Path) -> Source:
    paths = image_files(folder)
    if not paths:
        raise UnusableSource(f"{folder} has no image ({', '.join(IMAGE_SUFFIXES)}).")

    def shots() -> Generator[Shot]:
        # Unreadable images are skipped, and named at the end.
        unreadable = []
        for number, path in enumerate(paths):
            try:
                image = read_image(path)
            except UnreadableImage as error:
                unreadable.append(f"{path}: {error}")
                continue
            yield Shot(image, number, 0.0, path.relative_to(folder).as_posix())
        if unreadable:
            raise SourceLost(f"{len(unreadable)} of {len(paths)} images could not be read. " + " ".join(unreadable[:5]))

    return Source(shots(), DEFAULT_FPS, len(paths), pictures=True)


def _fps(capture: cv2.VideoCapture) -> float:
    stated = capture.get(cv2.CAP_PROP_FPS)
    return stated if FPS_RANGE[0] <= stated <= FPS_RANGE[1] else DEFAULT_FPS


@contextmanager
def _silenced_opencv() -> Iterator[None]:
    """Silence OpenCV: every back end that cannot open a source warns, and one error is enough."""
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)
