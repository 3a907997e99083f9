"""The size of a JPEG from its header, without decoding it and without an imaging library."""


class NotAJpeg(ValueError):
    """The bytes are not a JPEG, or its header cannot be read."""


# Start-of-frame markers of every coding; C4, C8 and CC in their range are tables and extensions.
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels, as the frame header states them. Raises NotAJpeg. Source: ITU-T T.81, annex B."""
    if data[:3] != b"\xff\xd8\xff":
        raise NotAJpeg("This is not a JPEG picture.")
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise NotAJpeg("The JPEG's header is damaged.")
        marker = data[at + 1]
        if marker == 0xFF or marker in _WITHOUT_LENGTH:
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in _START_OF_FRAME and length >= 8 and at + 9 <= len(data):
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        if marker in _START_OF_FRAME or marker in (0xD9, 0xDA) or length < 2:
            break
        at += 2 + length
    raise NotAJpeg("The JPEG's header ends before it says the picture's size.")
