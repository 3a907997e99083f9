"""The size and completeness of a JPEG, read from its markers without decoding it (ITU-T T.81, annex B).

Pure Python: the web process checks uploads with it and never loads OpenCV.
"""

from collections.abc import Iterator

START_OF_IMAGE = b"\xff\xd8\xff"
END_OF_IMAGE = 0xD9
START_OF_SCAN = 0xDA
# C4, C8 and CC are in the range of frame headers but mark tables and extensions.
START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
BASELINE = 0xC0
# Quantisation tables, Huffman tables, restart interval.
TABLES = frozenset((0xDB, 0xC4, 0xDD))
RESTARTS = range(0xD0, 0xD8)
TEMPORARY = 0x01


# The metadata of a picture drawn by a browser is a colour profile at most.
MAX_METADATA_BYTES = 16 * 1024
# There are four quantisation tables and eight Huffman tables; each may have its own segment.
MAX_TABLE_SEGMENTS = 16
# Ordinary progressive pictures have about ten scans. Decoding costs a pass over all pixels for each.
MAX_SCANS = 64


class NotAJpeg(ValueError):
    """The bytes do not start like a JPEG, or the header is broken."""


class UnsupportedJpeg(ValueError):
    """The JPEG is of a kind that browsers do not make from a video frame."""


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Return the width and height in pixels that the frame header states. Raises NotAJpeg."""
    for marker, segment in _segments(data):
        if marker in START_OF_FRAME:
            return _frame_size(segment)
        if marker in (START_OF_SCAN, END_OF_IMAGE):
            break
    raise NotAJpeg("The JPEG does not state its size before its data.")


def browser_jpeg_size(data: bytes) -> tuple[int, int]:
    """Return the width and height of a JPEG as browsers make them. Raises NotAJpeg, UnsupportedJpeg.

    Such a picture costs only its pixels to decode: baseline coding, 8 bits, one or three components, one scan, few
    tables and little metadata. Arithmetic coding or thousands of scans cost a thousand times as much. A truncated
    picture passes here but is refused before it is decoded.
    """
    size, components, metadata_bytes, table_segments, scans = None, 0, 0, 0, 0
    try:
        for marker, segment in _segments(data):
            if marker in START_OF_FRAME:
                if marker != BASELINE or size is not None:
                    raise UnsupportedJpeg("The JPEG is not baseline.")
                size = _frame_size(segment)
                components = segment[5]
                if segment[0] != 8 or components not in (1, 3):
                    raise UnsupportedJpeg("The JPEG has not 8 bits in one or three components.")
            elif marker == START_OF_SCAN:
                scans += 1
                if size is None or scans > 1 or segment[:1] != bytes([components]):
                    raise UnsupportedJpeg("The JPEG has more than one scan.")
            elif marker in TABLES:
                table_segments += 1
            elif marker != END_OF_IMAGE:
                metadata_bytes += len(segment)
            if table_segments > MAX_TABLE_SEGMENTS or metadata_bytes > MAX_METADATA_BYTES:
                raise UnsupportedJpeg("The JPEG has too many tables or too much metadata.")
    except NotAJpeg:
        if not scans:
            raise
    if size is None:
        raise NotAJpeg("The JPEG does not state its size before its data.")
    return size


def count_scans(data: bytes) -> int | None:
    """Return the number of scans, or None for a JPEG that ends before its end-of-image marker. The marker of a
    thumbnail in the header does not count."""
    scans = 0
    try:
        for marker, _segment in _segments(data):
            scans += marker == START_OF_SCAN
    except NotAJpeg:
        return None
    return scans


def _frame_size(segment: bytes) -> tuple[int, int]:
    """Return the width and height in a frame header. Raises NotAJpeg."""
    height, width = int.from_bytes(segment[1:3], "big"), int.from_bytes(segment[3:5], "big")
    if len(segment) < 6 or not (width and height):
        raise NotAJpeg("The JPEG does not state its size before its data.")
    return width, height


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each marker code with the content of its segment, up to the end of the image or of the data."""
    if not data.startswith(START_OF_IMAGE):
        raise NotAJpeg("These bytes are not a JPEG.")
    offset = 2
    while True:
        offset, marker = _next_marker(data, offset)
        if marker == END_OF_IMAGE:
            yield marker, b""
            return
        if marker in RESTARTS or marker == TEMPORARY:
            continue
        length = int.from_bytes(data[offset : offset + 2], "big")
        if length < 2 or offset + length > len(data):
            raise NotAJpeg("The JPEG ends inside a segment.")
        yield marker, data[offset + 2 : offset + length]
        offset += length
        if marker == START_OF_SCAN:
            offset = _end_of_scan(data, offset)


def _next_marker(data: bytes, offset: int) -> tuple[int, int]:
    if data[offset : offset + 1] != b"\xff":
        raise NotAJpeg("The JPEG lacks a marker where one is required.")
    while data[offset : offset + 1] == b"\xff":
        offset += 1
    if offset >= len(data):
        raise NotAJpeg("The JPEG ends before its end marker.")
    return offset + 1, data[offset]


def _end_of_scan(data: bytes, offset: int) -> int:
    # Within a scan, FF is followed by 00 (a data byte FF), a restart or a fill byte; anything else is the next marker.
    while (offset := data.find(b"\xff", offset)) != -1:
        following = data[offset + 1 : offset + 2]
        if following and following[0] not in (0x00, 0xFF) and following[0] not in RESTARTS:
            return offset
        offset += 1
    raise NotAJpeg("The JPEG ends inside its data.")
