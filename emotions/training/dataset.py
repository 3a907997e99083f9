"""FER-2013 in Kaggle's layout (msambare/fer2013), as a zip or a folder.

    train/<expression>/Training_*.jpg
    test/<expression>/PublicTest_*.jpg, PrivateTest_*.jpg

The file's prefix tells the split, not its folder: PublicTest is for choosing, PrivateTest for the final figure.
"""

import logging
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from emotions.labels import EXPRESSIONS
from emotions.preprocessing import FACE_SIDE

logger = logging.getLogger(__name__)

Split = Literal["train", "validation", "test"]

PREFIXES: dict[str, str] = {"train": "Training", "validation": "PublicTest", "test": "PrivateTest"}
SUFFIXES = (".jpg", ".jpeg", ".png")

# Correlation of the grey levels above which two images are one photograph: of the pairs looked at above .9 all were.
DUPLICATE_CORRELATION = 0.92


class DatasetError(ValueError):
    """The data cannot be used; the message says why."""


class EmptySplit(DatasetError):
    """The split asked for has no image in this data."""


@dataclass(frozen=True)
class LabelledFaces:
    """images: uint8 [n, 48, 48] grey; labels: int64 [n], places in EXPRESSIONS; names: file names inside the data."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    names: tuple[str, ...]
    unreadable: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.images)

    def kept(self, mask: NDArray[np.bool_]) -> "LabelledFaces":
        """Only the images where mask [n] is true."""
        names = tuple(name for name, keep in zip(self.names, mask, strict=True) if keep)
        return LabelledFaces(self.images[mask], self.labels[mask], names, self.unreadable)


def load_split(source: Path, split: str) -> LabelledFaces:
    """Read one split ("train", "validation" or "test") of FER-2013, ordered by file name.

    Files that are no image are left out, named in the log and in `unreadable`. Raises DatasetError for a source that
    cannot be read or a folder that is no expression, EmptySplit when the split has no image.
    """
    images: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    names: list[str] = []
    unreadable: list[str] = []
    for name, data in _files(source, _prefix(split)):
        face = _decoded(data)
        if face is None:
            logger.warning("%s: %s is not a readable image; it is left out.", source, name)
            unreadable.append(name)
            continue
        images.append(face)
        labels.append(_label(name, source))
        names.append(name)
    if not images:
        raise EmptySplit(_why_empty(source, split, unreadable))
    return LabelledFaces(np.stack(images), np.array(labels, dtype=np.int64), tuple(names), tuple(unreadable))


def without_near_duplicates(faces: LabelledFaces, of: LabelledFaces) -> LabelledFaces:
    """`faces` without those also among `of`, mirrored or not: FER-2013 repeats photographs across its splits."""
    others = np.concatenate([of.images, of.images[:, :, ::-1]])
    return faces.kept(_highest_correlation(faces.images, others) < DUPLICATE_CORRELATION)


def _highest_correlation(images: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.float32]:
    targets = _unit_vectors(others).T
    # In chunks: all pairs at once would be 28,709 x 7,178 floats, 0.8 GB.
    chunks = [(_unit_vectors(chunk) @ targets).max(axis=1) for chunk in np.array_split(images, len(images) // 2048 + 1)]
    return np.concatenate(chunks)


def _unit_vectors(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    flat = images.reshape(len(images), -1).astype(np.float32)
    flat -= flat.mean(axis=1, keepdims=True)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)


def _prefix(split: str) -> str:
    if split not in PREFIXES:
        raise DatasetError(f"No split is called {split!r}; there are {', '.join(PREFIXES)}.")
    return PREFIXES[split]


def _files(source: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    if source.is_dir():
        for path in sorted(source.rglob(f"{prefix}_*")):
            if path.suffix.lower() in SUFFIXES:
                yield path.relative_to(source).as_posix(), path.read_bytes()
    elif zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            for name in sorted(archive.namelist()):
                entry = PurePosixPath(name)
                if entry.name.startswith(f"{prefix}_") and entry.suffix.lower() in SUFFIXES:
                    yield name, archive.read(name)
    elif source.exists():
        raise DatasetError(f"{source} is neither a zip nor a folder.")
    else:
        raise DatasetError(f"{source} does not exist.")


def _decoded(data: bytes) -> NDArray[np.uint8] | None:
    if not data:
        return None
    face = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if face is not None and face.shape != (FACE_SIDE, FACE_SIDE):
        face = cv2.resize(face, (FACE_SIDE, FACE_SIDE), interpolation=cv2.INTER_AREA)
    return None if face is None else np.asarray(face, dtype=np.uint8)


def _label(name: str, source: Path) -> int:
    folder = PurePosixPath(name).parent.name
    for place, expression in enumerate(EXPRESSIONS):
        if folder == expression:
            return place
    raise DatasetError(f"{source}: {name} lies in {folder!r}, which is none of {', '.join(EXPRESSIONS)}.")


def _why_empty(source: Path, split: str, unreadable: list[str]) -> str:
    why = f"{source} has no image of the {split} split (files named {_prefix(split)}_*.jpg in a folder per expression)"
    return f"{why}; {len(unreadable)} could not be read, the first is {unreadable[0]}." if unreadable else f"{why}."
