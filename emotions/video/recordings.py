"""Annotated frames as a file: a video, or a folder of pictures."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from emotions.video.watch import FrameResult

# Codecs that the OpenCV of PyPI can write itself and common players show.
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
        if self._writer is not None:
            self._writer.release()

    def _open(self, frame: NDArray[np.uint8]) -> cv2.VideoWriter:
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


class PictureRecording:
    """A folder of annotated pictures, named like the originals. Raises UnwritableRecording."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, result: FrameResult) -> None:
        path = self._folder / result.shot.file
        if path.suffix.lower() in GREY_SUFFIXES or not cv2.haveImageWriter(path.name):
            path = path.with_name(f"{path.name}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        if not cv2.imwrite(str(path), result.annotated):
            raise UnwritableRecording(f"{path} cannot be written.")

    def close(self) -> None:
        pass
