"""Random variations of training faces, on numpy arrays, so that every backend sees the same ones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from emotions.preprocessing import FACE_SIDE


@dataclass(frozen=True)
class Augmentation:
    """Ranges of the variations. Shares are of the image's side, probabilities are per image.

    noise: the largest deviation, in grey levels. grainy and blurred: how probable are the grain of a dim room (noise
    of 0.1 to 0.6 of the face's own deviation) and a lens out of focus (0.5 to 1.5 pixels).
    """

    mirrored: float = 0.5
    rotation_degrees: float = 10.0
    scale: float = 0.12
    shift: float = 0.08
    gamma: float = 0.25
    noise: float = 3.0
    grainy: float = 0.0
    blurred: float = 0.0
    erased: float = 0.2
    erased_area: tuple[float, float] = (0.02, 0.2)

    def stronger(self, times: float) -> "Augmentation":
        """So many times as much of every movement, tone and noise, and of how often a part is erased."""
        names = ("rotation_degrees", "scale", "shift", "gamma", "noise", "erased")
        return replace(self, **{name: getattr(self, name) * times for name in names})


# Faces as they are: `augmented` only crops and scales them.
UNVARIED = Augmentation(mirrored=0, rotation_degrees=0, scale=0, shift=0, gamma=0, noise=0, erased=0)
# For the views of a transfer set: teachers answered about this very view, so it may change little. At most 2 pixels.
JITTER = replace(UNVARIED, mirrored=0.5, shift=2 / FACE_SIDE)


def augmented(
    faces: NDArray[np.uint8],
    settings: Augmentation,
    rng: np.random.Generator,
    crop: int | None = None,
    zoom: float = 1.0,
) -> NDArray[np.uint8]:
    """A varied copy of faces [n, side, side] uint8, [n, crop, crop] where only the middle is wanted, scaled by zoom;
    the same generator state gives the same variations."""
    varied = np.stack([_varied(face, settings, rng, crop or face.shape[0], zoom) for face in faces])
    return _with_grain(_with_noise(varied, settings.noise, rng), settings.grainy, rng)


def mixed(
    arrays: Sequence[NDArray[np.float32]], strength: float, rng: np.random.Generator
) -> Sequence[NDArray[np.float32]]:
    """Each row of each array blended with another row, the same one in every array, by a share drawn from
    Beta(strength, strength); as they are where strength is 0 (mixup, Zhang et al. 2018)."""
    if not strength:
        return arrays
    share = rng.beta(strength, strength, len(arrays[0])).astype(np.float32)
    other = rng.permutation(len(share))
    return [array + _rows(1 - share, array) * (array[other] - array) for array in arrays]


def _rows(values: NDArray[np.float32], array: NDArray[np.float32]) -> NDArray[np.float32]:
    return values.reshape(-1, *[1] * (array.ndim - 1))


def _varied(
    face: NDArray[np.uint8], settings: Augmentation, rng: np.random.Generator, crop: int, zoom: float
) -> NDArray[np.uint8]:
    if rng.random() < settings.mirrored:
        face = face[:, ::-1]
    face = _moved(np.ascontiguousarray(face), settings, rng, crop, zoom)
    face = _relit(face, settings.gamma, rng)
    if settings.blurred and rng.random() < settings.blurred:
        face = np.asarray(cv2.GaussianBlur(face, (0, 0), rng.uniform(0.5, 1.5)), dtype=np.uint8)
    if rng.random() < settings.erased:
        _erase(face, settings.erased_area, rng)
    return face


def _moved(
    face: NDArray[np.uint8], settings: Augmentation, rng: np.random.Generator, crop: int, zoom: float
) -> NDArray[np.uint8]:
    side = face.shape[0]
    turn, grow, right, down = rng.uniform(-1.0, 1.0, 4)
    middle = (side - 1) / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), turn * settings.rotation_degrees, 1.0 + grow * settings.scale)
    # By whole pixels: between them a face that is only shifted would be blurred.
    matrix[:, 2] += np.round(np.array([right, down]) * settings.shift * side)
    matrix = zoom * matrix
    matrix[:, 2] += (crop - 1) / 2 - zoom * middle
    return np.asarray(cv2.warpAffine(face, matrix, (crop, crop), borderMode=cv2.BORDER_REFLECT_101), dtype=np.uint8)


def _relit(face: NDArray[np.uint8], strength: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    # Only the shape of the tone curve matters: brightness and contrast are taken out by the normalisation.
    exponent = np.exp(rng.uniform(-strength, strength))
    curve = (255.0 * (np.arange(256) / 255.0) ** exponent).astype(np.uint8)
    return np.asarray(curve[face], dtype=np.uint8)


def _erase(face: NDArray[np.uint8], area: tuple[float, float], rng: np.random.Generator) -> None:
    side = face.shape[0]
    share, aspect = rng.uniform(*area), np.exp(rng.uniform(-1.0, 1.0))
    height = min(side, max(1, round(side * float(np.sqrt(share * aspect)))))
    width = min(side, max(1, round(side * float(np.sqrt(share / aspect)))))
    top, left = rng.integers(0, side - height + 1), rng.integers(0, side - width + 1)
    face[top : top + height, left : left + width] = rng.integers(0, 256)


def _with_noise(faces: NDArray[np.uint8], strength: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    if not strength:
        return faces
    deviation: NDArray[Any] = rng.uniform(0.0, strength, (len(faces), 1, 1)).astype(np.float32)
    noise = rng.standard_normal(faces.shape, dtype=np.float32) * deviation
    return np.clip(faces + noise, 0, 255).astype(np.uint8)


def _with_grain(faces: NDArray[np.uint8], probability: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    if not probability:
        return faces
    grainy = rng.random(len(faces)) < probability
    strength = rng.uniform(0.1, 0.6, len(faces)) * grainy * faces.std(axis=(1, 2))
    noise = rng.standard_normal(faces.shape, dtype=np.float32) * strength[:, np.newaxis, np.newaxis]
    return np.clip(faces + noise, 0, 255).astype(np.uint8)
