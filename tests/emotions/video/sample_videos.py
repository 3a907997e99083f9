"""Small videos with faces, made by the tests that need them."""

import struct
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


def matroska(
    path: Path, frames: dict[int, np.ndarray], *, duration_ms: int | None = None, display: tuple[int, int] | None = None
) -> Path:
    """Frames by their times in ms, as a Matroska file of JPEGs, with times and shapes that OpenCV's writer cannot make.

    display: the width and height at which the frames are to be shown, if their pixels are not square.
    """
    height, width = next(iter(frames.values())).shape[:2]
    shape = {0xB0: width, 0xBA: height}
    if display:
        shape |= {0x54B0: display[0], 0x54BA: display[1]}
    video = b"".join(_element(name, _number(value)) for name, value in shape.items())
    track = {0xD7: _number(1), 0x73C5: _number(1), 0x83: _number(1), 0x86: b"V_MJPEG", 0xE0: video}
    info = _element(0x2AD7B1, _number(1_000_000))
    if duration_ms is not None:
        info += _element(0x4489, struct.pack(">d", duration_ms))
    content = _element(0x1549A966, info)
    content += _element(0x1654AE6B, _element(0xAE, b"".join(_element(*part) for part in track.items())))
    for time_ms, image in frames.items():
        block = _element(0xA3, b"\x81\0\0\x80" + cv2.imencode(".jpg", image)[1].tobytes())
        content += _element(0x1F43B675, _element(0xE7, _number(time_ms)) + block)
    path.write_bytes(_element(0x1A45DFA3, _element(0x4282, b"matroska")) + _element(0x18538067, content))
    return path


def _element(name: int, content: bytes) -> bytes:
    """An EBML element (RFC 8794): its name, its size in eight bytes, its content."""
    return _number(name) + b"\x01" + len(content).to_bytes(7, "big") + content


def _number(value: int) -> bytes:
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")


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
