import os

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps
from PIL.ExifTags import Base

from emotions.images import ImageTooLarge, UnreadableImage, decode_jpeg, image_files, read_image
from tests.closed_folder import closed, folder_for_all
from tests.emotions.conftest import HEIC, encoded, with_scan_repeated, with_size

ORIENTATION = Base.Orientation


def test_decode_jpeg_gives_rows_columns_and_colours(snapshot):
    assert decode_jpeg(snapshot).shape == (240, 320, 3)


def test_decode_jpeg_refuses_a_header_of_too_many_pixels(snapshot):
    with pytest.raises(ImageTooLarge, match="8000x8000"):
        decode_jpeg(with_size(snapshot, 8000, 8000))


def test_decode_jpeg_accepts_exactly_the_limit(snapshot):
    assert decode_jpeg(snapshot, max_pixels=320 * 240).shape == (240, 320, 3)
    with pytest.raises(ImageTooLarge):
        decode_jpeg(snapshot, max_pixels=320 * 240 - 1)


def test_decode_jpeg_refuses_a_truncated_jpeg(snapshot):
    with pytest.raises(UnreadableImage, match="truncated"):
        decode_jpeg(snapshot[: len(snapshot) // 2])


@pytest.mark.parametrize("data", [b"", b"not an image", b"\xff\xd8\xff\xe0garbage", b"\x89PNG\r\n\x1a\n"])
def test_decode_jpeg_refuses_other_bytes(data):
    with pytest.raises(UnreadableImage):
        decode_jpeg(data)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".webp", ".tif", ".jpg", ".gif", ".avif", ".jp2"])
def test_read_image_reads_any_format(tmp_path, suffix):
    path = tmp_path / f"face{suffix}"
    cv2.imwrite(str(path), np.full((60, 80, 3), 90, np.uint8))
    assert read_image(path).shape == (60, 80, 3)


# How a camera was held, as EXIF states it, from upright to mirrored and on either side.
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "avif"])
def test_read_image_turns_a_picture_upright(tmp_path, suffix, orientation):
    picture = Image.new("RGB", (64, 48), (40, 90, 200))
    picture.paste((200, 90, 40), (0, 0, 20, 30))
    path = tmp_path / f"face.{suffix}"
    stated = {ORIENTATION: orientation}
    exif = Image.Exif()
    exif.update(stated)
    picture.save(path, **({"tiffinfo": stated} if suffix == "tif" else {"exif": exif}))
    upright = np.asarray(ImageOps.exif_transpose(Image.open(path)).convert("RGB"))[..., ::-1]
    np.testing.assert_allclose(read_image(path), upright, atol=40)


def test_read_image_refuses_a_truncated_avif(tmp_path):
    path = tmp_path / "face.avif"
    Image.effect_noise((64, 48), 60).convert("RGB").save(path)
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(UnreadableImage, match="The AVIF picture is damaged"):
        read_image(path)


@pytest.mark.parametrize("name", ["photo.heic", "photo.HEIF", "photo.jpg"])
def test_read_image_reads_heic_under_any_name(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(HEIC)
    image = read_image(path)
    assert image.shape == (48, 64, 3)
    np.testing.assert_allclose(image.mean(axis=(0, 1)), (200, 90, 40), atol=6)


def test_read_image_refuses_a_truncated_heic(tmp_path):
    path = tmp_path / "photo.heic"
    path.write_bytes(HEIC[:-10])
    with pytest.raises(UnreadableImage, match="The HEIC picture is damaged: "):
        read_image(path)


def test_read_image_of_another_kind_says_what_to_do(tmp_path):
    path = tmp_path / "photo.JXL"
    path.write_bytes(b"\xff\x0a" + bytes(50))
    with pytest.raises(UnreadableImage, match=r"JXL pictures cannot be read; save it as JPEG or PNG\."):
        read_image(path)


def test_image_files_of_a_folder_include_those_of_kinds_that_cannot_be_read(tmp_path):
    for name in ("b.HEIC", "a.jfif", "inner/c.cr2", "notes.txt", "clip.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"any")
    assert image_files(tmp_path) == [tmp_path / "a.jfif", tmp_path / "b.HEIC", tmp_path / "inner" / "c.cr2"]


@pytest.mark.parametrize(("mode", "names"), [(0o000, ["inner"]), (0o444, ["inner/b.png"])])
def test_image_files_name_a_folder_that_is_closed(mode, names):
    with folder_for_all() as folder:
        (folder / "inner").mkdir()
        for name in ("a.png", "inner/b.png"):
            (folder / name).write_bytes(encoded(np.zeros((8, 8, 3), np.uint8)))
        with closed(folder / "inner", mode):
            readable, *refused = image_files(folder)
            assert (readable, refused) == (folder / "a.png", [folder / name for name in names])
            with pytest.raises(UnreadableImage, match="Permission denied"):
                read_image(refused[0])


def test_image_files_have_a_broken_link_but_no_pipe(tmp_path):
    (tmp_path / "a.png").symlink_to("gone.png")
    os.mkfifo(tmp_path / "b.png")
    assert image_files(tmp_path) == [tmp_path / "a.png"]


def test_read_image_gives_three_colours_for_a_grey_file(tmp_path):
    path = tmp_path / "grey.png"
    cv2.imwrite(str(path), np.full((20, 30), 90, np.uint8))
    assert read_image(path).shape == (20, 30, 3)


@pytest.mark.parametrize(("content", "reason"), [(b"", "empty"), (b"text", "decode"), (None, "No such file")])
def test_read_image_errors_name_the_cause(tmp_path, content, reason):
    path = tmp_path / "broken.jpg"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableImage, match=reason):
        read_image(path)


def test_read_image_refuses_a_truncated_jpeg(tmp_path, frame):
    path = tmp_path / "half.jpg"
    path.write_bytes(encoded(frame)[:-400])
    with pytest.raises(UnreadableImage, match="truncated"):
        read_image(path)


def test_read_image_refuses_a_truncated_png(tmp_path, frame):
    path = tmp_path / "half.png"
    data = cv2.imencode(".png", frame)[1].tobytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(UnreadableImage):
        read_image(path)


def test_read_image_of_a_folder_is_unreadable(tmp_path):
    with pytest.raises(UnreadableImage, match="directory"):
        read_image(tmp_path)


@pytest.mark.parametrize("read", ["decode_jpeg", "read_image"])
def test_a_jpeg_of_many_scans_is_refused_before_it_is_decoded(tmp_path, read, snapshot):
    bomb = with_scan_repeated(snapshot, 65)
    path = tmp_path / "bomb.jpg"
    path.write_bytes(bomb)
    with pytest.raises(UnreadableImage, match="more than 64 scans"):
        decode_jpeg(bomb) if read == "decode_jpeg" else read_image(path)
