"""Annotated frames as a file: a video, or a folder of pictures."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from emotions.video.capture import is_text
from emotions.video.watch import FrameResult

# Codecs that PyPI's OpenCV can write by itself and common players show.
CODECS = {".mp4": "mp4v", ".avi": "MJPG"}

# OpenCV does not write colour to these.
GREY_SUFFIXES = (".pgm", ".pbm")


class UnwritableRecording(OSError):
    """The file or folder cannot be written; the message says which."""


class VideoRecording:
    """A video of fps frames per second, started by the first frame; later frames are scaled to the size of the first.

    Frames keep their times: if a camera or video was slower than fps, the last frame is repeated.
    path: .mp4 or .avi; an existing file is replaced. Raises UnwritableRecording.
    """

    def __init__(self, path: Path, fps: float) -> None:
        self._path = path
        self._fps = fps
        self._writer: cv2.VideoWriter | None = None
        self._size = (0, 0)
        self._written = 0
        self._last: NDArray[np.uint8] | None = None

    def write(self, result: FrameResult) -> None:
        frame = result.annotated
        writer = self._writer or self._open(frame)
        if (frame.shape[1], frame.shape[0]) != self._size:
            frame = np.asarray(cv2.resize(frame, self._size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        due = round(result.shot.time_s * self._fps)
        while self._last is not None and self._written < due:
            self._write(writer, self._last)
        if self._written <= due:
            self._write(writer, frame)
        self._last = frame

    def close(self) -> None:
        """Complete the file. Raises UnwritableRecording if it lacks frames: OpenCV does not say when a disk is full."""
        if self._writer is None:
            return
        self._writer.release()
        self._writer = None
        stored = int(cv2.VideoCapture(str(self._path)).get(cv2.CAP_PROP_FRAME_COUNT))
        if stored < self._written:
            raise UnwritableRecording(f"{self._path} is damaged: it lacks frames. The disk may be full.")

    def _open(self, frame: NDArray[np.uint8]) -> cv2.VideoWriter:
        if not is_text(self._path):
            raise UnwritableRecording(f"OpenCV cannot write {self._path}: not valid UTF-8. Choose another name.")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._size = (frame.shape[1], frame.shape[0])
        codec = cv2.VideoWriter.fourcc(*CODECS[self._path.suffix.lower()])
        self._writer = cv2.VideoWriter(str(self._path), codec, self._fps, self._size)
        if not self._writer.isOpened():
            raise UnwritableRecording(f"{self._path} cannot be written.")
        return self._writer

    def _write(self, writer: cv2.VideoWriter, frame: NDArray[np.uint8]) -> None:
        writer.write(frame)
        self._written += 1


def is_picture_name(path: Path) -> bool:
    """Return whether OpenCV can write a picture in colour under this name."""
    suffix = path.suffix.lower()
    return suffix.isascii() and suffix not in GREY_SUFFIXES and cv2.haveImageWriter(f"picture{suffix}")


class PictureRecording:
    """Annotated pictures in a folder, named like the originals, or one as a file. Raises OSError.

    place: a file for a name that OpenCV writes pictures to, else a folder.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self._is_file = is_picture_name(place) and not place.is_dir()

    def write(self, result: FrameResult) -> None:
        path = self._place if self._is_file else self._place / result.shot.file
        if not is_picture_name(path):
            path = path.with_name(f"{path.name}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        # Not imwrite: OpenCV crashes on a name that is not text.
        path.write_bytes(_encoded(result.annotated, path))

    def close(self) -> None:
        pass


def _encoded(image: NDArray[np.uint8], path: Path) -> bytes:
    """Return a picture in the format that the path's suffix names. Raises UnwritableRecording."""
    try:
        is_encoded, data = cv2.imencode(path.suffix.lower(), image)
    except cv2.error:
        is_encoded = False
    if not is_encoded:
        raise UnwritableRecording(f"{path} cannot be written: its format does not hold such a picture.")
    return data.tobytes()
