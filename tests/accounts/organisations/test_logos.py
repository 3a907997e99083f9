import io
import zlib

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from accounts.organisations.logos import MAX_BYTES, NotALogo, TooLarge, readable_logo


def picture(kind: str = "PNG", size: tuple[int, int] = (960, 400), **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#1c71d8").save(out, kind, **options)
    return out.getvalue()


def logo(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(readable_logo(io.BytesIO(content))))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_picture_is_scaled_and_written_as_png(kind):
    made = logo(picture(kind))
    assert (made.format, made.size, made.mode) == ("PNG", (192, 80), "RGBA")


def test_small_picture_keeps_its_size():
    assert logo(picture(size=(40, 30))).size == (40, 30)


def test_photo_taken_upright_is_shown_upright():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    assert logo(picture("JPEG", (60, 20), exif=exif)).size == (20, 60)


def test_transparent_space_around_the_logo_is_cut_off():
    drawn = Image.new("RGBA", (300, 100))
    drawn.paste("#1c71d8", (10, 20, 60, 45))
    out = io.BytesIO()
    drawn.save(out, "PNG")
    assert logo(out.getvalue()).size == (50, 25)
    empty = io.BytesIO()
    Image.new("RGBA", (30, 10)).save(empty, "PNG")
    assert logo(empty.getvalue()).size == (30, 10)


def test_nothing_of_the_file_but_its_pixels_is_kept():
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "<script>alert(1)</script>")
    content = picture(pnginfo=words) + b"<script>after the end</script>"
    made = readable_logo(io.BytesIO(content))
    assert (b"script" in content, b"script" in made) == (True, False)


def broken(content: bytes) -> bytes:
    return content[: len(content) // 2]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        picture("GIF"),
        picture("BMP", (10, 10)),
        broken(picture("PNG")),
        broken(picture("JPEG")),
        broken(picture("WEBP")),
        b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
    ],
    ids=["empty", "svg", "gif", "bmp", "half png", "half jpeg", "half webp", "png in name"],
)
def test_other_files_are_refused(content):
    with pytest.raises(NotALogo):
        readable_logo(io.BytesIO(content))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def test_many_pixels_are_refused_before_they_are_decoded():
    side = (20_000).to_bytes(4, "big")
    header = _chunk(b"IHDR", side + side + b"\x08\x06\0\0\0")
    bomb = b"\x89PNG\r\n\x1a\n" + header + _chunk(b"IDAT", b"") + _chunk(b"IEND", b"")
    with pytest.raises(TooLarge):
        readable_logo(io.BytesIO(bomb))


def test_large_file_is_refused():
    with pytest.raises(TooLarge):
        readable_logo(io.BytesIO(b"\0" * (MAX_BYTES + 1)))
