"""Small videos with faces, made by the tests that need them."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

SIZE = (400, 240)


def scene(frame: np.ndarray, *lefts: int, light: float = 1.0) -> np.ndarray:
    """The portrait's head on grey, [240, 400, 3], once for each left edge in pixels; none for an empty room."""
    room = np.full((SIZE[1], SIZE[0], 3), 120, np.uint8)
    head = frame[:150, 60:210]
    for left in lefts:
        room[60:210, left : left + 150] = head
    return (room * light).astype(np.uint8)


def film(path: Path, scenes: Iterable[np.ndarray], fps: float = 10) -> Path:
    codec = "mp4v" if path.suffix == ".mp4" else "MJPG"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), fps, SIZE)
    for image in scenes:
        writer.write(image)
    writer.release()
    return path


def frames_of(path: Path) -> list[np.ndarray]:
    capture = cv2.VideoCapture(str(path))
    frames = []
    while (read := capture.read())[0]:
        frames.append(read[1])
    return frames


def cut_off(path: Path) -> Path:
    """The first half of the file's bytes."""
    half = path.with_stem(f"{path.stem}-half")
    half.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return half
