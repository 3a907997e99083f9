import math
import struct
from dataclasses import replace

import cv2
import numpy as np
import pytest

from classroom.snapshots import (
    FACE_FIELDS,
    FRAME_FIELDS,
    Frame,
    MessageRejected,
    pack_found,
    pack_frame,
    parse_content,
    parse_frame,
)
from emotions.face_crop import FaceCrop, FoundFaces, crop_place, picture_size
from tests.emotions.conftest import with_size


def refusal(message: bytes) -> str:
    with pytest.raises(MessageRejected) as caught:
        parse_frame(message)
    return caught.value.code


def packed(jpeg: bytes, seq: int = 1) -> bytes:
    return pack_frame(Frame(seq=seq, age_ms=20, content=jpeg))


def test_frame_survives_packing(jpeg_without_face):
    frame = Frame(seq=7, age_ms=123, content=jpeg_without_face)
    assert parse_frame(pack_frame(frame)) == frame
    assert (frame.is_whole, parse_content(frame.content)) == (True, jpeg_without_face)


@pytest.mark.parametrize("message", [b"", b"1234567", b"12345678"])
def test_frame_without_an_image_is_empty(message):
    assert refusal(message) == "empty"


def test_frame_of_exactly_64_kib_is_accepted(jpeg_without_face):
    padded = packed(jpeg_without_face).ljust(64 * 1024, b"\0")
    assert parse_frame(padded).seq == 1
    assert refusal(padded + b"\0") == "too_large"


def test_png_is_not_a_jpeg():
    assert refusal(packed(b"\x89PNG\r\n\x1a\n" + bytes(100))) == "not_jpeg"


def test_jpeg_cut_before_its_size_has_an_unreadable_header(jpeg_without_face):
    assert refusal(packed(jpeg_without_face[:30])) == "unreadable_header"


def test_image_wider_than_allowed_is_rejected(wide_jpeg):
    assert refusal(packed(wide_jpeg)) == "dimensions"


@pytest.mark.parametrize(("width", "height"), [(320, 747), (720, 1280), (1280, 720)])
def test_image_of_either_orientation_is_accepted(jpeg_without_face, width, height):
    frame = packed(with_size(jpeg_without_face, width, height))
    assert parse_frame(frame).seq == 1


def test_image_higher_than_allowed_is_rejected(jpeg_without_face):
    assert refusal(packed(with_size(jpeg_without_face, 320, 1281))) == "dimensions"


def test_small_file_that_claims_to_be_huge_is_rejected_by_its_header(jpeg_without_face):
    assert refusal(packed(with_size(jpeg_without_face, 8000, 8000))) == "dimensions"


def test_a_progressive_jpeg_is_not_what_browsers_make(jpeg_without_face):
    image = cv2.imdecode(np.frombuffer(jpeg_without_face, np.uint8), cv2.IMREAD_COLOR)
    progressive = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()
    assert refusal(packed(progressive)) == "unsupported_jpeg"


# --- version 2: what the browser has found

BOX = (100.0, 60.0, 80.0, 80.0)


def picture(width: int, height: int, quality: int = 80) -> bytes:
    grey = np.random.default_rng(0).integers(0, 256, (height // 8 + 1, width // 8 + 1), np.uint8)
    return cv2.imencode(".jpg", cv2.resize(grey, (width, height)), [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def found(box=BOX, *, width: int = 320, height: int = 240, count: int = 1, **changes) -> FoundFaces:
    place = crop_place(box, width, height)
    x, y, *_ = box
    face = FaceCrop(box, 0.5, ((x + 24.0, y + 30.0), (x + 56.0, y + 32.0)), place, picture(*picture_size(place)))
    return FoundFaces(width, height, count, replace(face, **changes))


def found_refusal(message: FoundFaces) -> str:
    return refusal(packed(pack_found(message)))


@pytest.mark.parametrize(
    "message",
    [
        found(),
        found(count=32),
        found((-20.0, -10.0, 90.0, 100.0)),
        found((250.0, 20.0, 100.0, 300.0), width=720, height=1280),
        FoundFaces(320, 240, 0, None),
    ],
    ids=["one face", "32 faces", "beyond the edge", "upright", "none"],
)
def test_found_faces_survive_packing(message):
    frame = Frame(seq=7, age_ms=123, content=pack_found(message))
    assert parse_frame(pack_frame(frame)) == frame
    assert (frame.is_whole, parse_content(frame.content)) == (False, message)


def test_frame_without_a_face_is_announced_in_six_bytes():
    assert pack_found(FoundFaces(320, 240, 0, None)) == bytes([2, 0, 1, 64, 0, 240])


@pytest.mark.parametrize("version", [0, 1, 3, 15])
def test_unknown_version_is_rejected(version):
    assert refusal(packed(bytes([version]) + pack_found(found())[1:])) == "unknown_version"


@pytest.mark.parametrize("length", [1, FRAME_FIELDS.size - 1, FRAME_FIELDS.size + FACE_FIELDS.size])
def test_found_face_without_its_picture_is_empty(length):
    assert refusal(packed(pack_found(found())[:length])) == "empty"


def test_forty_faces_are_rejected():
    content = pack_found(found())
    assert refusal(packed(content[:1] + bytes([40]) + content[2:])) == "too_many_faces"


def test_picture_that_is_not_announced_is_rejected():
    content = pack_found(found())
    assert refusal(packed(content[:1] + bytes([0]) + content[2:])) == "unannounced_picture"


@pytest.mark.parametrize(("width", "height"), [(0, 240), (320, 0), (1281, 240)])
def test_frame_of_a_size_that_no_snapshot_has_is_rejected(width, height):
    assert refusal(packed(pack_found(FoundFaces(width, height, 0, None)))) == "dimensions"


@pytest.mark.parametrize("position", range(9))
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_fields_that_are_no_numbers_are_rejected(position, value):
    content = bytearray(pack_found(found()))
    struct.pack_into(">f", content, FRAME_FIELDS.size + 4 * position, value)
    assert refusal(packed(bytes(content))) == "not_numbers"


@pytest.mark.parametrize(
    "changes",
    [
        {"score": 1.5},
        {"score": -0.1},
        {"box": (300.0, 60.0, 80.0, 80.0)},
        {"box": (100.0, -90.0, 80.0, 80.0)},
        {"box": (100.0, 60.0, 80.0, 0.5)},
        {"box": (100.0, 60.0, 80.0, -80.0)},
        {"box": (-400.0, -400.0, 1e9, 1e9)},
        {"box": (-100.0, -120.0, 500.0, 480.0)},
        {"eyes": ((19.0, 90.0), (140.0, 90.0))},
        {"eyes": ((120.0, 90.0), (140.0, 221.0))},
    ],
)
def test_face_outside_the_frame_is_rejected(changes):
    assert found_refusal(found(**changes)) == "outside_frame"


@pytest.mark.parametrize(
    "place",
    [
        (0, 0, 320, 240),
        (76, 36, 128, 0),
        (73, 36, 128, 128),
        (76, 36, 131, 128),
        (200, 36, 128, 128),
        (76, 36, 65000, 128),
    ],
)
def test_picture_of_another_part_of_the_frame_is_rejected(place):
    assert crop_place(BOX, 320, 240) == (76, 36, 128, 128)
    assert found_refusal(found(place=place)) == "crop_place"


def test_place_may_be_rounded_differently():
    place = (75, 37, 129, 127)
    assert parse_frame(packed(pack_found(found(place=place, jpeg=picture(*picture_size(place)))))).seq == 1


@pytest.mark.parametrize("size", [(128, 127), (127, 128), (320, 240)])
def test_crop_of_another_size_than_its_place_states_is_rejected(size):
    assert found_refusal(found(jpeg=picture(*size, quality=1))) == "crop_size"


def test_crop_of_more_than_four_kib_is_too_large():
    jpeg = found().nearest.jpeg
    assert parse_frame(packed(pack_found(found(jpeg=jpeg.ljust(4096, b"\0"))))).seq == 1
    assert found_refusal(found(jpeg=jpeg.ljust(4097, b"\0"))) == "too_large"


@pytest.mark.parametrize(
    ("jpeg", "code"), [(b"\x89PNG" + bytes(90), "not_jpeg"), (b"\xff\xd8\xff", "unreadable_header")]
)
def test_crop_that_is_not_a_jpeg_is_rejected(jpeg, code):
    assert found_refusal(found(jpeg=jpeg)) == code
