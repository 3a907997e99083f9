"""The wire format of snapshots: parsed and checked without decoding the image."""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.utils.translation import gettext as _

from emotions.face_crop import Box, FaceCrop, FoundFaces, Place, crop_place, picture_size
from emotions.jpeg import NotAJpeg, UnsupportedJpeg, browser_jpeg_size

HEADER = struct.Struct(">II")
# The content after the header is the JPEG of a whole frame (version 1), or begins with a version, as no JPEG does.
FACES_VERSION = 2
VERSIONS = range(16)
# Version 2: the version, the number of faces, width and height of the frame; then, if there is a face, its score, box
# and eyes, its crop's place in the frame, and the JPEG of the crop.
FRAME_FIELDS = struct.Struct(">BBHH")
FACE_FIELDS = struct.Struct(">9f4H")
MAX_FACES = 32
CROP_MAX_BYTES = 4 * 1024
# How far the place may differ from the server's own calculation, in pixels of the frame.
PLACE_TOLERANCE = 2

# Why a snapshot that the server accepted has no result. `stale`: too old when its turn came; `superseded`: a newer one
# took its place; `unknown`: the database is unavailable, so it is unknown whether the student may be read;
# `too_costly`: the student's snapshots took far more CPU time than others.
DropReason = Literal[
    "stale", "superseded", "failed", "ended", "paused", "no_consent", "no_camera_course", "unknown", "too_costly"
]


class MessageRejected(ValueError):
    """A frame or command from the browser that is not accepted.

    `code` is for the page; the text is for the student, in the active language.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True)
class Frame:
    """One binary message from the browser: the credit that it answers, the milliseconds since capture, and the frame's
    JPEG or what the browser has found in it."""

    seq: int
    age_ms: int
    content: bytes

    @property
    def is_whole(self) -> bool:
        return not _states_version(self.content)


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
        raise _too_large(len(message), settings.SNAPSHOT_MAX_BYTES)
    if len(message) <= HEADER.size:
        raise MessageRejected("empty", _("The snapshot was empty."))
    seq, age_ms = HEADER.unpack_from(message)
    frame = Frame(seq=seq, age_ms=age_ms, content=message[HEADER.size :])
    if not frame.is_whole:
        parse_found(frame.content)
        return frame
    width, height = _jpeg_size(frame.content)
    if not (0 < width <= settings.SNAPSHOT_MAX_WIDTH and 0 < height <= settings.SNAPSHOT_MAX_HEIGHT):
        raise _dimensions(width, height)
    return frame


def pack_frame(frame: Frame) -> bytes:
    return HEADER.pack(frame.seq, frame.age_ms) + frame.content


def parse_content(content: bytes) -> bytes | FoundFaces:
    """Return the JPEG of a whole frame, or what the browser has found. Raises MessageRejected."""
    return parse_found(content) if _states_version(content) else content


def parse_found(content: bytes) -> FoundFaces:
    """Read and check what a browser has found in a frame, without decoding the crop. Raises MessageRejected."""
    if content[0] != FACES_VERSION:
        text = _("This page and the server are of different versions. Reload the page.")
        raise MessageRejected("unknown_version", text)
    if len(content) < FRAME_FIELDS.size:
        raise MessageRejected("empty", _("The snapshot was empty."))
    _version, count, width, height = FRAME_FIELDS.unpack_from(content)
    if not (0 < width <= settings.SNAPSHOT_MAX_WIDTH and 0 < height <= settings.SNAPSHOT_MAX_HEIGHT):
        raise _dimensions(width, height)
    if count > MAX_FACES:
        counts = {"count": count, "limit": MAX_FACES}
        text = _("The snapshot states %(count)d faces; at most %(limit)d are allowed.") % counts
        raise MessageRejected("too_many_faces", text)
    rest = content[FRAME_FIELDS.size :]
    if not count and rest:
        raise MessageRejected("unannounced_picture", _("The snapshot states no face and has a picture nevertheless."))
    return FoundFaces(width, height, count, _parse_face(rest, width, height) if count else None)


def pack_found(found: FoundFaces) -> bytes:
    """Return the content of a frame, as parse_found reads it."""
    content = FRAME_FIELDS.pack(FACES_VERSION, min(found.count, MAX_FACES), found.width, found.height)
    if found.nearest is None:
        return content
    face = found.nearest
    (left_x, left_y), (right_x, right_y) = face.eyes
    numbers = FACE_FIELDS.pack(face.score, *face.box, left_x, left_y, right_x, right_y, *face.place)
    return content + numbers + face.jpeg


def _parse_face(data: bytes, width: int, height: int) -> FaceCrop:
    if len(data) <= FACE_FIELDS.size:
        raise MessageRejected("empty", _("The snapshot was empty."))
    score, x, y, box_width, box_height, *eyes, left, top, place_width, place_height = FACE_FIELDS.unpack_from(data)
    if not all(map(math.isfinite, (score, x, y, box_width, box_height, *eyes))):
        raise MessageRejected("not_numbers", _("The snapshot states something else than numbers about the face."))
    box, place = (x, y, box_width, box_height), (left, top, place_width, place_height)
    left_eye, right_eye = (eyes[0], eyes[1]), (eyes[2], eyes[3])
    eyes_are_near = _is_near(left_eye, box) and _is_near(right_eye, box)
    if not (0 <= score <= 1 and _is_in_frame(box, width, height) and eyes_are_near):
        raise MessageRejected("outside_frame", _("The snapshot states a face that does not lie in the frame."))
    if not _is_around(place, box, width, height):
        raise MessageRejected("crop_place", _("The picture shows another part of the frame than the face."))
    jpeg = data[FACE_FIELDS.size :]
    if len(jpeg) > CROP_MAX_BYTES:
        raise _too_large(len(jpeg), CROP_MAX_BYTES)
    size, stated_size = _jpeg_size(jpeg), picture_size(place)
    if size != stated_size:
        sizes = {"size": "{} × {}".format(*size), "stated": "{} × {}".format(*stated_size)}
        text = _("The picture of the face is %(size)s pixels instead of %(stated)s.") % sizes
        raise MessageRejected("crop_size", text)
    return FaceCrop(box, score, (left_eye, right_eye), place, jpeg)


def _is_in_frame(box: Sequence[float], width: int, height: int) -> bool:
    """Return whether the centre of the box is in the frame and the box is hardly larger than the frame."""
    x, y, box_width, box_height = box
    is_centred = 0 <= x + box_width / 2 <= width and 0 <= y + box_height / 2 <= height
    return is_centred and min(box_width, box_height) >= 1 and max(box_width, box_height) <= 1.5 * max(width, height)


def _is_near(eye: Sequence[float], box: Sequence[float]) -> bool:
    """Return whether an eye is in the box, or no farther from it than the box is long."""
    side = max(box[2:])
    return all(box[axis] - side <= eye[axis] <= box[axis] + box[axis + 2] + side for axis in (0, 1))


def _is_around(place: Place, box: Box, width: int, height: int) -> bool:
    """Return whether the place is in the frame and is the one that crop_place cuts."""
    left, top, right, bottom = _edges(place)
    if not (left < right <= width and top < bottom <= height):
        return False
    expected = _edges(crop_place(box, width, height))
    return all(abs(edge - other) <= PLACE_TOLERANCE for edge, other in zip(_edges(place), expected, strict=True))


def _edges(place: Place) -> tuple[int, int, int, int]:
    left, top, width, height = place
    return left, top, left + width, top + height


def _states_version(content: bytes) -> bool:
    return content[0] in VERSIONS


def _jpeg_size(jpeg: bytes) -> tuple[int, int]:
    """Return the width and height of a JPEG as browsers make them. Raises MessageRejected."""
    try:
        return browser_jpeg_size(jpeg)
    except NotAJpeg as error:
        code = "unreadable_header" if jpeg.startswith(b"\xff\xd8\xff") else "not_jpeg"
        raise MessageRejected(code, _("The snapshot is not a readable JPEG picture.")) from error
    except UnsupportedJpeg as error:
        text = _("The snapshot is not the kind of JPEG picture that browsers make.")
        raise MessageRejected("unsupported_jpeg", text) from error


def _too_large(size: int, limit: int) -> MessageRejected:
    sizes = {"size": size // 1024, "limit": limit // 1024}
    return MessageRejected("too_large", _("The snapshot has %(size)d KiB; %(limit)d KiB are allowed.") % sizes)


def _dimensions(width: int, height: int) -> MessageRejected:
    size, most = f"{width} × {height}", f"{settings.SNAPSHOT_MAX_WIDTH} × {settings.SNAPSHOT_MAX_HEIGHT}"
    text = _("The snapshot is %(size)s pixels; at most %(most)s are allowed.") % {"size": size, "most": most}
    return MessageRejected("dimensions", text)
