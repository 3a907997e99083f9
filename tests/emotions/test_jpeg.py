import cv2
import numpy as np
import pytest

from emotions.jpeg import NotAJpeg, UnsupportedJpeg, browser_jpeg_size, count_scans, jpeg_size
from tests.emotions.conftest import encoded, with_scan_repeated


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
    assert count_scans(data.tobytes()) == 6


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


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_count_scans_is_none_for_a_truncated_jpeg(jpeg, share):
    assert count_scans(jpeg[: int(len(jpeg) * share)]) is None


def test_count_scans_is_none_without_the_last_byte(jpeg):
    assert count_scans(jpeg[:-1]) is None


def test_count_scans_ignores_a_thumbnail(jpeg):
    whole = with_thumbnail(jpeg)
    assert count_scans(whole) == 1
    assert count_scans(whole[: len(whole) // 2]) is None


def progressive(image: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()


def with_segment(jpeg: bytes, marker: int, content: bytes) -> bytes:
    """The JPEG with another segment at its start."""
    return jpeg[:2] + bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content + jpeg[2:]


@pytest.mark.parametrize("shape", [(120, 200), (120, 200, 3)], ids=["grey", "colour"])
def test_browser_jpeg_size_accepts_baseline_pictures(shape):
    assert browser_jpeg_size(encoded(np.full(shape, 90, np.uint8))) == (200, 120)


def test_browser_jpeg_size_accepts_a_colour_profile(jpeg):
    assert browser_jpeg_size(with_segment(jpeg, 0xE2, b"ICC_PROFILE\0" + bytes(3000))) == (200, 120)


def test_browser_jpeg_size_accepts_a_truncated_picture(jpeg):
    assert browser_jpeg_size(jpeg[:-200]) == (200, 120)


@pytest.mark.parametrize("size", [0, 6, 30])
def test_browser_jpeg_size_refuses_a_header_without_a_size(jpeg, size):
    with pytest.raises(NotAJpeg):
        browser_jpeg_size(jpeg[:size])


def arithmetic(jpeg: bytes) -> bytes:
    return jpeg.replace(b"\xff\xc0", b"\xff\xc9", 1)


def with_precision(jpeg: bytes) -> bytes:
    at = jpeg.index(b"\xff\xc0") + 4
    return jpeg[:at] + b"\x0c" + jpeg[at + 1 :]


@pytest.mark.parametrize(
    "change",
    [
        lambda jpeg: progressive(np.zeros((120, 200, 3), np.uint8)),
        lambda jpeg: with_scan_repeated(jpeg, 2),
        lambda jpeg: with_scan_repeated(jpeg, 500),
        arithmetic,
        with_precision,
        lambda jpeg: with_segment(jpeg, 0xE1, bytes(17_000)),
        lambda jpeg: with_segment(with_segment(jpeg, 0xFE, bytes(9_000)), 0xE5, bytes(9_000)),
        lambda jpeg: jpeg[:2] + b"\xff\xdd\x00\x04\x00\x00" * 20 + jpeg[2:],
    ],
    ids=["progressive", "two scans", "many scans", "arithmetic", "12 bits", "metadata", "metadata in parts", "tables"],
)
def test_browser_jpeg_size_refuses_other_kinds(jpeg, change):
    with pytest.raises(UnsupportedJpeg):
        browser_jpeg_size(change(jpeg))


def test_count_scans(jpeg):
    assert count_scans(jpeg) == 1
    assert count_scans(with_scan_repeated(jpeg, 70)) == 70
    assert count_scans(b"GIF89a") is None
