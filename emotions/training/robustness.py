"""How much accuracy a network keeps when pictures get worse, by fixed steps. Says what "works in dim light" means.

The faces are the bare 48x48 crops, so a face detector's misses are not counted here; after Hendrycks & Dietterich 2019
(arXiv:1903.12261), with the disturbances a webcam really has.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]
SEED = 2013
# Grey levels of 255 in the 48x48 face: a webcam's four or five, of which scaling a face of 110 pixels down leaves two.
SENSOR_NOISE = 2.0


@dataclass(frozen=True)
class Disturbance:
    """One way in which a picture gets worse. `severities`: from mild to hard, in `unit`."""

    name: str
    unit: str
    severities: tuple[float, ...]
    apply: Callable[[Images, float], Images]


def dimmed(images: Images, share: float) -> Images:
    """Images [n, 48, 48] with `share` of their light, and the noise that a sensor adds when there is little of it."""
    noise = np.random.default_rng(SEED).normal(0.0, SENSOR_NOISE, images.shape)
    return _as_pixels(images * share + noise)


def washed_out(images: Images, gamma: float) -> Images:
    """Mid-tones moved by a gamma curve: below 1 brighter, above 1 darker."""
    return _as_pixels(255.0 * (images / 255.0) ** gamma)


def blurred(images: Images, sigma: float) -> Images:
    """A Gaussian blur, sigma in pixels of the 48x48 face."""
    return np.stack([cv2.GaussianBlur(image, (0, 0), sigma) for image in images]).astype(np.uint8)


def compressed(images: Images, quality: float) -> Images:
    """JPEG of the quality, 1 to 100."""
    return np.stack([_through_jpeg(image, int(quality)) for image in images])


def rotated(images: Images, degrees: float) -> Images:
    """Turned about the centre, every other face the other way."""
    return np.stack([_turned(image, degrees if place % 2 else -degrees) for place, image in enumerate(images)])


def covered(images: Images, share: float) -> Images:
    """The lowest `share` of the face under a grey mask, as a hand or a mask covers it."""
    masked = images.copy()
    masked[:, round(images.shape[1] * (1 - share)) :, :] = 128
    return masked


def shrunk(images: Images, side: float) -> Images:
    """Seen from afar: scaled down to `side` pixels and up again."""
    return np.stack([_shrunk(image, int(side)) for image in images])


DISTURBANCES = (
    Disturbance("dim light", "of the light", (0.5, 0.25, 0.12, 0.06), dimmed),
    Disturbance("gamma", "gamma", (0.5, 2.0, 3.0), washed_out),
    Disturbance("blur", "px", (0.7, 1.2, 2.0), blurred),
    Disturbance("JPEG", "quality", (50.0, 20.0, 8.0), compressed),
    Disturbance("rotation", "degrees", (10.0, 20.0, 30.0), rotated),
    Disturbance("lower face covered", "of the face", (0.25, 0.4, 0.5), covered),
    Disturbance("distance", "px a side", (32.0, 24.0, 16.0), shrunk),
)


def _as_pixels(values: NDArray[np.float64]) -> Images:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _through_jpeg(image: Images, quality: int) -> Images:
    packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def _turned(image: Images, degrees: float) -> Images:
    height, width = image.shape
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _shrunk(image: Images, side: int) -> Images:
    small = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, image.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
