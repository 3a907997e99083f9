"""The wire format of snapshots: parsed and checked without decoding the image."""

import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.utils.translation import gettext as _

from emotions.jpeg import NotAJpeg, UnsupportedJpeg, browser_jpeg_size

HEADER = struct.Struct(">II")

# Why a snapshot that the server took has no result. `stale`: too old when its turn came; `superseded`: a newer one took
# its place; `unknown`: the database is unavailable, and nobody knows whether the student may be read; `too_costly`: the
# student's snapshots took far more CPU time than others.
DropReason = Literal[
    "stale", "superseded", "failed", "ended", "paused", "no_consent", "no_camera_course", "unknown", "too_costly"
]


class MessageRejected(ValueError):
    """A message from the browser that is not accepted: a frame or a command.

    `code` is for the page; the text is for the student, in the active language.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True)
class Frame:
    """One binary message from the browser: the credit that it answers, the milliseconds since its capture, the JPEG."""

    seq: int
    age_ms: int
    jpeg: bytes


@dataclass(frozen=True)
class SnapshotRef:
    """Identifies a snapshot, to the millisecond. `received_at` tells two snapshots of a student apart."""

    session_id: int
    student_id: int
    seq: int
    captured_at: datetime
    received_at: datetime

    def is_stale(self, now: datetime) -> bool:
        return now - self.captured_at > timedelta(seconds=settings.SNAPSHOT_STALE_S)


def parse_frame(message: bytes) -> Frame:
    """Read and check a frame without decoding its image. Raises MessageRejected."""
    if len(message) > settings.SNAPSHOT_MAX_BYTES:
        limit = settings.SNAPSHOT_MAX_BYTES // 1024
        sizes = {"size": len(message) // 1024, "limit": limit}
        raise MessageRejected("too_large", _("The snapshot has %(size)d KiB; %(limit)d KiB are allowed.") % sizes)
    if len(message) <= HEADER.size:
        raise MessageRejected("empty", _("The snapshot was empty."))
    seq, age_ms = HEADER.unpack_from(message)
    jpeg = message[HEADER.size :]
    try:
        width, height = browser_jpeg_size(jpeg)
    except NotAJpeg as error:
        code = "unreadable_header" if jpeg.startswith(b"\xff\xd8\xff") else "not_jpeg"
        raise MessageRejected(code, _("The snapshot is not a readable JPEG picture.")) from error
    except UnsupportedJpeg as error:
        text = _("The snapshot is not the kind of JPEG picture that browsers make.")
        raise MessageRejected("unsupported_jpeg", text) from error
    if not (0 < width <= settings.SNAPSHOT_MAX_WIDTH and 0 < height <= settings.SNAPSHOT_MAX_HEIGHT):
        size, most = f"{width} × {height}", f"{settings.SNAPSHOT_MAX_WIDTH} × {settings.SNAPSHOT_MAX_HEIGHT}"
        text = _("The snapshot is %(size)s pixels; at most %(most)s are allowed.") % {"size": size, "most": most}
        raise MessageRejected("dimensions", text)
    return Frame(seq=seq, age_ms=age_ms, jpeg=jpeg)


def pack_frame(frame: Frame) -> bytes:
    return HEADER.pack(frame.seq, frame.age_ms) + frame.jpeg
