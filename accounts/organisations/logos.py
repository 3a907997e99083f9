"""Logos: an uploaded picture is decoded, scaled and re-encoded, so only the pixels of the file are served."""

import io
from typing import BinaryIO

FORMATS = ("PNG", "JPEG", "WEBP")
MAX_BYTES = 200 * 1024
# Read from the header, before anything is decoded: 16 MB of pixels at most.
MAX_SIDE = 2000
# Twice the size at which pages show it, for high-density screens.
SHOWN_WIDTH, SHOWN_HEIGHT = 480, 80


class NotALogo(ValueError):
    """The file is not a picture in one of FORMATS, or is broken."""


class TooLarge(ValueError):
    """The file has more than MAX_BYTES, or the picture a side of more than MAX_SIDE pixels."""


def readable_logo(file: BinaryIO) -> bytes:
    """Return the picture as a PNG of SHOWN_WIDTH by SHOWN_HEIGHT at most. Raises NotALogo or TooLarge."""
    from PIL import Image, ImageOps  # noqa: PLC0415  # only this page needs it

    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise TooLarge
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if max(image.size) > MAX_SIDE:
                raise TooLarge
            pixels = ImageOps.exif_transpose(image).convert("RGBA")
    except (TooLarge, Image.DecompressionBombError) as error:
        raise TooLarge from error
    except Exception as error:  # Pillow's decoders raise many kinds for broken files
        raise NotALogo(str(error)) from error
    # Pages put their own space around it.
    pixels = pixels.crop(pixels.getbbox())
    pixels.thumbnail((SHOWN_WIDTH, SHOWN_HEIGHT))
    # A new picture has none of the file's metadata.
    clean = Image.new("RGBA", pixels.size)
    clean.paste(pixels)
    out = io.BytesIO()
    clean.save(out, "PNG", optimize=True)
    return out.getvalue()
