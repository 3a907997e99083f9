"""Messages that a student's browser would send for webcam frames, made with the server's own detector."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from emotions.face_crop import FaceCrop, FoundFaces, crop_place, picture_size
from emotions.faces import BlazeFaceDetector
from emotions.images import decode_jpeg

# The browser's quality, and how it is lowered until the picture is small enough (static/js/student/face-message.js).
QUALITIES = (80, 65, 50, 35, 20)


def find_and_cut(jpeg: bytes, detector: BlazeFaceDetector, *, max_bytes: int) -> FoundFaces:
    """Find the faces in a whole frame and cut the nearest one out. Raises UnreadableImage."""
    frame = decode_jpeg(jpeg)
    height, width = frame.shape[:2]
    faces = detector.find(frame)
    if not faces:
        return FoundFaces(width, height, 0, None)
    face = faces[0]
    left_eye, right_eye, *_others = face.keypoints or ()
    place = left, top, crop_width, crop_height = crop_place(face.box, width, height)
    cut: Any = cv2.cvtColor(frame[top : top + crop_height, left : left + crop_width], cv2.COLOR_BGR2GRAY)
    picture = np.asarray(cv2.resize(cut, picture_size(place), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    nearest = FaceCrop(face.box, face.score, (left_eye, right_eye), place, _encode(picture, max_bytes))
    return FoundFaces(width, height, len(faces), nearest)


def _encode(picture: NDArray[np.uint8], max_bytes: int) -> bytes:
    """Return the JPEG with the best quality that fits in max_bytes, or else the smallest."""
    jpeg = b""
    for quality in QUALITIES:
        jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
        if len(jpeg) <= max_bytes:
            break
    return jpeg
