"""Decodes images from untrusted senders: checks their size first, and decodes only complete images."""

import io
import os
import stat
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from emotions.jpeg import MAX_SCANS, NotAJpeg, count_scans, jpeg_size

OPENCV_SUFFIXES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".webp", ".tif", ".tiff"),
    *(".ppm", ".pgm", ".pnm", ".gif", ".avif", ".jp2"),
)
HEIF_SUFFIXES = (".heic", ".heif", ".hif")
IMAGE_SUFFIXES = OPENCV_SUFFIXES + HEIF_SUFFIXES
# Pictures that a folder may hold but nothing here reads. They are reported rather than skipped.
UNREAD_SUFFIXES = (
    *(".jxl", ".j2k", ".j2c", ".jpx", ".jxr", ".psd", ".xcf", ".svg", ".ico", ".tga", ".eps", ".pcx"),
    *(".dng", ".raw", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".raf", ".rw2", ".pef", ".srw"),
)

HEIF_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
AVIF_BRANDS = frozenset((b"avif", b"avis"))

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
    _check_size(data, max_pixels)
    _check_scans(data)
    return _decode(data)


def decode_grey_jpeg(data: bytes, *, max_pixels: int) -> NDArray[np.uint8]:
    """Decode a JPEG to grey levels [height, width] uint8, as stored in the file, whatever its EXIF data says.

    Raises what decode_jpeg raises.
    """
    _check_size(data, max_pixels)
    _check_scans(data)
    return _decode(data, cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION)


def image_files(folder: Path) -> list[Path]:
    """Return every picture in a folder and its subfolders by name, sorted, including those that read_image refuses.

    A folder that cannot be listed stands for its pictures, so that none is left out unnoticed: read_image says why.
    """
    closed: list[Path] = []
    found = [
        Path(place, name)
        for place, _, names in os.walk(folder, onerror=lambda error: closed.append(Path(error.filename)))
        for name in names
    ]
    suffixes = IMAGE_SUFFIXES + UNREAD_SUFFIXES
    return sorted(closed + [path for path in found if path.suffix.lower() in suffixes and not _is_special(path)])


def read_image(path: Path) -> NDArray[np.uint8]:
    """Read a file in any format of OpenCV or HEIF as [height, width, 3] uint8, blue-green-red, upright. An animation
    gives its first picture.

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
    brands = _brands(data)
    if brands & AVIF_BRANDS:
        return _decode_avif(data)
    if brands & HEIF_BRANDS:
        return _decode_heif(data)
    try:
        return _decode(data)
    except UnreadableImage as error:
        if path.suffix.lower() in UNREAD_SUFFIXES:
            kind = path.suffix.lower().removeprefix(".").upper()
            raise UnreadableImage(f"{kind} pictures cannot be read; save it as JPEG or PNG.") from error
        raise


def _is_special(path: Path) -> bool:
    """Return whether it is a pipe or the like, from which no picture can be read. Return False for a file without
    permission: read_image says why."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def _brands(data: bytes) -> set[bytes]:
    """Return the brands in the header of a HEIF or AVIF file, whatever its name; none for another file."""
    if data[4:8] != b"ftyp":
        return set()
    length = int.from_bytes(data[:4], "big")
    return {data[at : at + 4] for at in range(8, min(length, 256), 4)}


def _decode_heif(data: bytes) -> NDArray[np.uint8]:
    try:
        import pi_heif  # noqa: PLC0415 - only this format needs it
    except ImportError as error:
        raise UnreadableImage("HEIC pictures need the package pi-heif (pip install pi-heif).") from error
    try:
        picture = pi_heif.open_heif(data, convert_hdr_to_8bit=True, bgr_mode=True)
        # The picture owns the pixels and frees them, so they are copied.
        image = np.array(picture, dtype=np.uint8, copy=True)
    except (ValueError, OSError, RuntimeError) as error:
        raise UnreadableImage(f"The HEIC picture is damaged: {str(error).strip()}.") from error
    return np.ascontiguousarray(image[..., :3])


def _decode_avif(data: bytes) -> NDArray[np.uint8]:
    """Decode with Pillow: OpenCV leaves the picture as the sensor saw it, whichever way the camera was held."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - only this format needs it

    try:
        with Image.open(io.BytesIO(data), formats=["AVIF"]) as picture:
            colours = np.asarray(ImageOps.exif_transpose(picture).convert("RGB"), dtype=np.uint8)
    except (ValueError, OSError, RuntimeError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadableImage("The AVIF picture is damaged.") from error
    return np.ascontiguousarray(colours[..., ::-1])


def _check_size(jpeg: bytes, max_pixels: int) -> None:
    try:
        width, height = jpeg_size(jpeg)
    except NotAJpeg as error:
        raise UnreadableImage(str(error)) from error
    if width * height > max_pixels:
        raise ImageTooLarge(f"The image is {width}x{height}; the limit is {max_pixels} pixels.")


def _check_scans(jpeg: bytes) -> None:
    # OpenCV fills the missing part of a truncated file with grey, and some versions with an image decoded earlier.
    scans = count_scans(jpeg)
    if scans is None:
        raise UnreadableImage("The JPEG is truncated.")
    if scans > MAX_SCANS:
        raise UnreadableImage(f"The JPEG has more than {MAX_SCANS} scans, which would take minutes to decode.")


def _decode(data: bytes, flags: int = cv2.IMREAD_COLOR) -> NDArray[np.uint8]:
    try:
        image: Any = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error as error:
        raise UnreadableImage("OpenCV cannot decode the image.") from error
    if image is None:
        raise UnreadableImage("OpenCV cannot decode the image.")
    return np.asarray(image, dtype=np.uint8)
