import cv2
import numpy as np
import pytest

from emotions.jpeg import NotAJpeg, is_complete, jpeg_size
from tests.emotions.conftest import encoded


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    noise = np.random.default_rng(0).integers(0, 256, (120, 200, 3), dtype=np.uint8)
    return encoded(noise)


def with_thumbnail(jpeg: bytes) -> bytes:
    segment = b"Exif\0\0" + encoded(np.zeros((8, 8, 3), np.uint8))
    return jpeg[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + jpeg[2:]


def test_jpeg_size_is_width_then_height(jpeg):
    assert jpeg_size(jpeg) == (200, 120)


def test_jpeg_size_reads_a_progressive_jpeg():
    _, data = cv2.imencode(".jpg", np.zeros((30, 50), np.uint8), [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])
    assert jpeg_size(data.tobytes()) == (50, 30)
    assert is_complete(data.tobytes())


def test_jpeg_size_ignores_a_thumbnail(jpeg):
    assert jpeg_size(with_thumbnail(jpeg)) == (200, 120)


def test_jpeg_size_skips_fill_bytes(jpeg):
    assert jpeg_size(jpeg[:2] + b"\xff\xff\xff" + jpeg[2:]) == (200, 120)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"\xff\xd8\xff",
        b"GIF89a" + bytes(40),
        b"\x89PNG\r\n\x1a\n" + bytes(40),
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xe0\x00\x00",
        b"\xff\xd8\xff\xe0\xff\xff",
        b"\xff\xd8\xff\xc0\x00\x04\x08\x00",
        b"\xff\xd8\xff\xc0\x00\x0b\x08\x00\x00\x00\x00\x01\x01\x11\x00",
        b"\xff\xd8\xff\xe0\x00\x02\x00\x00",
    ],
)
def test_jpeg_size_refuses_other_bytes(data):
    with pytest.raises(NotAJpeg):
        jpeg_size(data)


def test_is_complete_for_a_whole_jpeg(jpeg):
    assert is_complete(jpeg)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_is_complete_is_false_for_a_truncated_jpeg(jpeg, share):
    assert not is_complete(jpeg[: int(len(jpeg) * share)])


def test_is_complete_is_false_without_the_last_byte(jpeg):
    assert not is_complete(jpeg[:-1])


def test_is_complete_ignores_the_end_of_a_thumbnail(jpeg):
    whole = with_thumbnail(jpeg)
    assert is_complete(whole)
    assert not is_complete(whole[: len(whole) // 2])
