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
    """Ranges of the variations. Probabilities are per image."""

    mirrored: float = 0.5  # probability
    rotation_degrees: float = 10.0  # at most, to either side
    scale: float = 0.12  # largest change in size, up or down
    shift: float = 0.08  # at most, as a share of the side
    gamma: float = 0.25  # the tone curve's exponent lies between exp(-gamma) and exp(gamma)
    noise: float = 3.0  # largest deviation, in grey levels
    grainy: float = 0.0  # probability of a dim room's grain: noise of 0.1 to 0.6 of the face's own deviation
    blurred: float = 0.0  # probability of a lens out of focus: 0.5 to 1.5 pixels
    erased: float = 0.2  # probability that a rectangle is erased
    erased_area: tuple[float, float] = (0.02, 0.2)  # its share of the image

    def stronger(self, times: float) -> "Augmentation":
        """Every movement, tone and noise, and the probability of erasing, multiplied."""
        names = ("rotation_degrees", "scale", "shift", "gamma", "noise", "erased")
        return replace(self, **{name: getattr(self, name) * times for name in names})


# Faces as they are: `augmented` only crops and scales them.
UNVARIED = Augmentation(mirrored=0, rotation_degrees=0, scale=0, shift=0, gamma=0, noise=0, erased=0)
# For a transfer set's views: teachers answered about this very view, so it may change only a little. At most 2 pixels.
JITTER = replace(UNVARIED, mirrored=0.5, shift=2 / FACE_SIDE)


def augmented(
    faces: NDArray[np.uint8],
    settings: Augmentation,
    rng: np.random.Generator,
    crop: int | None = None,
    zoom: float = 1.0,
) -> NDArray[np.uint8]:
    """A varied copy of faces [n, side, side] uint8, scaled by zoom; with crop, only the middle, [n, crop, crop]. The
    same generator state gives the same variations."""
    varied = np.stack([_varied(face, settings, rng, crop or face.shape[0], zoom) for face in faces])
    if settings.noise:
        deviation: NDArray[Any] = rng.uniform(0.0, settings.noise, (len(faces), 1, 1)).astype(np.float32)
        varied = _with_noise(varied, deviation, rng)
    if settings.grainy:
        grainy = rng.random(len(faces)) < settings.grainy
        strength = rng.uniform(0.1, 0.6, len(faces)) * grainy * varied.std(axis=(1, 2))
        varied = _with_noise(varied, strength[:, np.newaxis, np.newaxis], rng)
    return varied


def mixed(
    arrays: Sequence[NDArray[np.float32]], strength: float, rng: np.random.Generator
) -> Sequence[NDArray[np.float32]]:
    """Each row of each array blended with another row, the same one in every array, by a share drawn from
    Beta(strength, strength); unchanged for strength 0 (mixup, Zhang et al. 2018)."""
    if not strength:
        return arrays
    share = rng.beta(strength, strength, len(arrays[0])).astype(np.float32)
    other = rng.permutation(len(share))
    return [array + (1 - share).reshape(-1, *[1] * (array.ndim - 1)) * (array[other] - array) for array in arrays]


def _varied(
    face: NDArray[np.uint8], settings: Augmentation, rng: np.random.Generator, crop: int, zoom: float
) -> NDArray[np.uint8]:
    if rng.random() < settings.mirrored:
        face = face[:, ::-1]
    face = _warped(np.ascontiguousarray(face), settings, rng, crop, zoom)
    # Only the shape of the tone curve matters: the normalisation removes brightness and contrast.
    exponent = np.exp(rng.uniform(-settings.gamma, settings.gamma))
    face = (255.0 * (np.arange(256) / 255.0) ** exponent).astype(np.uint8)[face]
    if settings.blurred and rng.random() < settings.blurred:
        face = np.asarray(cv2.GaussianBlur(face, (0, 0), rng.uniform(0.5, 1.5)), dtype=np.uint8)
    if rng.random() < settings.erased:
        side = face.shape[0]
        share, aspect = rng.uniform(*settings.erased_area), np.exp(rng.uniform(-1.0, 1.0))
        height = min(side, max(1, round(side * float(np.sqrt(share * aspect)))))
        width = min(side, max(1, round(side * float(np.sqrt(share / aspect)))))
        top, left = rng.integers(0, side - height + 1), rng.integers(0, side - width + 1)
        face[top : top + height, left : left + width] = rng.integers(0, 256)
    return face


def _warped(
    face: NDArray[np.uint8], settings: Augmentation, rng: np.random.Generator, crop: int, zoom: float
) -> NDArray[np.uint8]:
    """Turned, scaled and shifted, in one interpolation with crop and zoom."""
    side = face.shape[0]
    turn, grow, right, down = rng.uniform(-1.0, 1.0, 4)
    middle = (side - 1) / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), turn * settings.rotation_degrees, 1.0 + grow * settings.scale)
    # By whole pixels: fractions would blur a face that is only shifted.
    matrix[:, 2] += np.round(np.array([right, down]) * settings.shift * side)
    matrix = zoom * matrix
    matrix[:, 2] += (crop - 1) / 2 - zoom * middle
    return np.asarray(cv2.warpAffine(face, matrix, (crop, crop), borderMode=cv2.BORDER_REFLECT_101), dtype=np.uint8)


def _with_noise(faces: NDArray[np.uint8], deviation: NDArray[Any], rng: np.random.Generator) -> NDArray[np.uint8]:
    noise = rng.standard_normal(faces.shape, dtype=np.float32) * deviation
    return np.clip(faces + noise, 0, 255).astype(np.uint8)
