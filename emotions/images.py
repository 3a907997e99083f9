"""Decoding images from untrusted senders: their size is checked first, and only complete images are decoded."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from emotions.jpeg import MAX_SCANS, NotAJpeg, count_scans, is_complete, jpeg_size

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm")

# A snapshot is 320x240; nothing larger than a full-HD webcam frame makes sense.
MAX_PIXELS = 1920 * 1080


class UnreadableImage(ValueError):
    """The data is not an image, or only part of one."""


class ImageTooLarge(UnreadableImage):
    """The image's header states more pixels than are allowed."""


def decode_jpeg(data: bytes, *, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """Decode a JPEG to [height, width, 3] uint8, blue-green-red, rotated according to its EXIF data.

    Raises UnreadableImage for anything but a complete JPEG, and ImageTooLarge, before decoding, for too many pixels.
    """
    try:
        width, height = jpeg_size(data)
    except NotAJpeg as error:
        raise UnreadableImage(str(error)) from error
    if width * height > max_pixels:
        raise ImageTooLarge(f"The image is {width}x{height}; the limit is {max_pixels} pixels.")
    _check_scans(data)
    return _decode(data)


def read_image(path: Path) -> NDArray[np.uint8]:
    """Read a file in any format that OpenCV supports as [height, width, 3] uint8, blue-green-red.

    Raises UnreadableImage for a file that is missing, empty, truncated or not an image.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableImage(f"{error.strerror or error}") from error
    if not data:
        raise UnreadableImage("The file is empty.")
    if data.startswith(b"\xff\xd8"):
        _check_scans(data)
    return _decode(data)


def _check_scans(jpeg: bytes) -> None:
    # OpenCV fills the missing part of a truncated file with grey, and some versions with an image decoded earlier.
    if not is_complete(jpeg):
        raise UnreadableImage("The JPEG is truncated.")
    if count_scans(jpeg) > MAX_SCANS:
        raise UnreadableImage(f"The JPEG has more than {MAX_SCANS} scans, which would take minutes to decode.")


def _decode(data: bytes) -> NDArray[np.uint8]:
    try:
        image: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise UnreadableImage("OpenCV cannot decode the image.") from error
    if image is None:
        raise UnreadableImage("OpenCV cannot decode the image.")
    return np.asarray(image, dtype=np.uint8)
