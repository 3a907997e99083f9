import base64
import zipfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from emotions.images import decode_jpeg
from emotions.labels import EXPRESSIONS
from emotions.recognition import Recogniser
from emotions.synthetic.webcam import webcam_frames
from emotions.training.dataset import LabelledFaces


@pytest.fixture(scope="module")
def eager_tensorflow() -> Iterator[None]:
    """Run operations one by one: tracing a graph takes seconds, which is not worth it for a run of a few steps."""
    import tensorflow as tf  # noqa: PLC0415  # most tests need none of it

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture(scope="session")
def recogniser() -> Recogniser:
    return Recogniser()


@pytest.fixture(scope="session")
def snapshot() -> bytes:
    """A 320x240 JPEG of one smiling woman, as a simulated student sends it."""
    return next(webcam_frames(None, 1))


@pytest.fixture(scope="session")
def frame(snapshot) -> np.ndarray:
    return decode_jpeg(snapshot)


# 64 x 48 pixels of one colour (red 40, green 90, blue 200), made with libheif; no package here can write HEIC.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAABkAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    "AAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5j"
    "bHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBp"
    "eGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAACFtZGF0AAAAFSgBrwQY+Mpx1//w2M/Y2T7UJIR5wA=="
)


def encoded(frame: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", frame)[1].tobytes()


def face_images(count: int, seed: int = 0) -> LabelledFaces:
    """Blurred noise with every label in turn, face-like enough for the training loop."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (count, 6, 6), dtype=np.uint8)
    images = np.stack([cv2.resize(image, (48, 48), interpolation=cv2.INTER_CUBIC) for image in coarse])
    return LabelledFaces(images, np.arange(count) % 7, tuple(f"Training_{place}.jpg" for place in range(count)))


def write_fer_folder(root: Path) -> Path:
    """A small FER-2013: 21 training, 14 validation and 7 test images in Kaggle's folders."""
    for folder, prefix, count, seed in (
        ("train", "Training", 21, 1),
        ("test", "PublicTest", 14, 2),
        ("test", "PrivateTest", 7, 3),
    ):
        faces = face_images(count, seed)
        for place, (image, label) in enumerate(zip(faces.images, faces.labels, strict=True)):
            path = root / folder / EXPRESSIONS[label] / f"{prefix}_{place:04}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(path), image)
    return root


@pytest.fixture
def fer_folder(tmp_path):
    return write_fer_folder(tmp_path / "fer2013")


@pytest.fixture
def fer_zip(fer_folder, tmp_path):
    path = tmp_path / "fer2013.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(fer_folder.rglob("*.png")):
            archive.write(file, file.relative_to(fer_folder))
    return path


def with_scan_repeated(jpeg: bytes, times: int) -> bytes:
    """The JPEG with its scan repeated, like a bomb."""
    start = jpeg.rindex(b"\xff\xda")
    return jpeg[:start] + jpeg[start:-2] * times + jpeg[-2:]


def with_size(jpeg: bytes, width: int, height: int) -> bytes:
    """The baseline JPEG with another size in its header."""
    place = jpeg.index(b"\xff\xc0")
    return jpeg[: place + 5] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + jpeg[place + 9 :]
