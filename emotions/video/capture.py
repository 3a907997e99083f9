"""Frames from anything that OpenCV can open, and the error for what it cannot."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]

VIDEO_SUFFIXES = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".mjpeg", ".y4m")


class UnusableSource(ValueError):
    """The source yields no frame; the message says why."""


def read_frames(capture: cv2.VideoCapture) -> Iterator[Frame]:
    """Yield the frames [height, width, 3] uint8 of an open capture until it ends, then release it."""
    try:
        while True:
            is_read, frame = capture.read()
            if not is_read:
                return
            yield np.asarray(frame, dtype=np.uint8)
    finally:
        capture.release()
