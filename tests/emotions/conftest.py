import cv2
import numpy as np
import pytest

from emotions.images import decode_jpeg
from emotions.recognition import Recogniser
from emotions.scenes import webcam_frames
from emotions.training.dataset import LabelledFaces


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


def encoded(frame: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", frame)[1].tobytes()


def face_images(count: int, seed: int = 0) -> LabelledFaces:
    """Blurred noise with every label in turn: faces enough for the training loop."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (count, 6, 6), dtype=np.uint8)
    images = np.stack([cv2.resize(image, (48, 48), interpolation=cv2.INTER_CUBIC) for image in coarse])
    return LabelledFaces(images, np.arange(count) % 7, tuple(f"Training_{place}.jpg" for place in range(count)))
