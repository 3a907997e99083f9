"""The size and completeness of a JPEG, read from its markers without decoding it (ITU-T T.81, annex B).

Pure Python: the web process checks uploads with it and never loads OpenCV.
"""

from collections.abc import Iterator

START_OF_IMAGE = b"\xff\xd8\xff"
END_OF_IMAGE = 0xD9
START_OF_SCAN = 0xDA
# C4, C8 and CC lie within the range of frame headers but mark tables and extensions.
START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
RESTARTS = range(0xD0, 0xD8)
TEMPORARY = 0x01


class NotAJpeg(ValueError):
    """The bytes do not start like a JPEG, or the header is broken."""


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Return the width and height in pixels that the frame header states. Raises NotAJpeg."""
    for marker, segment in _segments(data):
        if marker in START_OF_FRAME:
            if len(segment) < 6:
                break
            height, width = int.from_bytes(segment[1:3], "big"), int.from_bytes(segment[3:5], "big")
            if not (width and height):
                break
            return width, height
        if marker in (START_OF_SCAN, END_OF_IMAGE):
            break
    raise NotAJpeg("The JPEG does not state its size before its data.")


def is_complete(data: bytes) -> bool:
    """Return whether the data reaches the end-of-image marker; that of a thumbnail in the header does not count."""
    try:
        return any(marker == END_OF_IMAGE for marker, _ in _segments(data))
    except NotAJpeg:
        return False


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each marker code with the content of its segment, up to the end of the image or of the data."""
    if not data.startswith(START_OF_IMAGE):
        raise NotAJpeg("These bytes are not a JPEG.")
    place = 2
    while True:
        place, marker = _next_marker(data, place)
        if marker == END_OF_IMAGE:
            yield marker, b""
            return
        if marker in RESTARTS or marker == TEMPORARY:
            continue
        length = int.from_bytes(data[place : place + 2], "big")
        if length < 2 or place + length > len(data):
            raise NotAJpeg("The JPEG ends inside a segment.")
        yield marker, data[place + 2 : place + length]
        place += length
        if marker == START_OF_SCAN:
            place = _end_of_scan(data, place)


def _next_marker(data: bytes, place: int) -> tuple[int, int]:
    if data[place : place + 1] != b"\xff":
        raise NotAJpeg("The JPEG lacks a marker where one is required.")
    while data[place : place + 1] == b"\xff":
        place += 1
    if place >= len(data):
        raise NotAJpeg("The JPEG ends before its end marker.")
    return place + 1, data[place]


def _end_of_scan(data: bytes, place: int) -> int:
    # Within a scan, FF is followed by 00 (a data byte FF), a restart or a fill byte; anything else is the next marker.
    while (place := data.find(b"\xff", place)) != -1:
        following = data[place + 1 : place + 2]
        if following and following[0] not in (0x00, 0xFF) and following[0] not in RESTARTS:
            return place
        place += 1
    raise NotAJpeg("The JPEG ends inside its data.")
