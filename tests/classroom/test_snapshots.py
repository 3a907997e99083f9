import cv2
import numpy as np
import pytest

from classroom.snapshots import Frame, MessageRejected, pack_frame, parse_frame
from tests.emotions.conftest import with_size


def refusal(message: bytes) -> str:
    with pytest.raises(MessageRejected) as caught:
        parse_frame(message)
    return caught.value.code


def packed(jpeg: bytes, seq: int = 1) -> bytes:
    return pack_frame(Frame(seq=seq, age_ms=20, jpeg=jpeg))


def test_frame_survives_packing(jpeg_without_face):
    frame = Frame(seq=7, age_ms=123, jpeg=jpeg_without_face)
    assert parse_frame(pack_frame(frame)) == frame


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
