"""Frames from anything that OpenCV can open, and the error for anything else."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]

# A pixel's width over its height: within the first it is only rounding in the file, beyond the second it is damage.
NEARLY_SQUARE = 0.02
MAX_ASPECT = 4.0

VIDEO_SUFFIXES = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".mjpeg", ".y4m")


class UnusableSource(ValueError):
    """The source yields no frame; the message says why."""


def is_text(path: Path) -> bool:
    """Return whether a path is text. On Linux it may be any bytes, and OpenCV then crashes the process."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def open_video(path: Path) -> cv2.VideoCapture:
    """Open a video; `isOpened` of the capture says whether OpenCV can read it. Raises UnusableSource for a name that
    is not text."""
    if not is_text(path):
        raise UnusableSource(f"{path} has a name that is not valid UTF-8, so OpenCV cannot open it. Rename it.")
    return cv2.VideoCapture(str(path))


def read_frames(capture: cv2.VideoCapture) -> Iterator[Frame]:
    """Yield the frames [height, width, 3] uint8 of an open capture until it ends, then release it.

    A frame with non-square pixels, as in films for television, is stretched to its true shape.
    """
    try:
        aspect = _pixel_aspect(capture)
        while True:
            is_read, frame = capture.read()
            if not is_read:
                return
            if aspect != 1.0:
                height, width = frame.shape[:2]
                size = (round(width * aspect), height) if aspect > 1.0 else (width, round(height / aspect))
                frame = cv2.resize(frame, size, interpolation=cv2.INTER_LINEAR)
            yield np.asarray(frame, dtype=np.uint8)
    finally:
        capture.release()


def _pixel_aspect(capture: cv2.VideoCapture) -> float:
    """Return the width of a pixel over its height, or 1 if it is nearly square, not stated, or absurd."""
    width, height = capture.get(cv2.CAP_PROP_SAR_NUM), capture.get(cv2.CAP_PROP_SAR_DEN)
    aspect = width / height if width > 0 and height > 0 else 1.0
    # OpenCV rotates the frames of a phone held upright, but not what the file states about them.
    if capture.get(cv2.CAP_PROP_ORIENTATION_META) % 180 == 90 and capture.get(cv2.CAP_PROP_ORIENTATION_AUTO) == 1:
        aspect = 1.0 / aspect
    is_square = abs(aspect - 1.0) <= NEARLY_SQUARE or not 1 / MAX_ASPECT <= aspect <= MAX_ASPECT
    return 1.0 if is_square else aspect
