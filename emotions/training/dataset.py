"""FER-2013 in Kaggle's layout (msambare/fer2013), as a zip or a folder, or the challenge's own fer2013.csv.

    train/<expression>/Training_*.jpg
    test/<expression>/PublicTest_*.jpg, PrivateTest_*.jpg

The prefix of a file names its split, not the folder: PublicTest is for choosing, PrivateTest for the final figure. The
CSV has the columns `emotion` (a place in CSV_EXPRESSIONS), `pixels` (2304 grey levels) and `Usage` (the prefix).
"""

import csv
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
CSV_EXPRESSIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")


class DatasetError(ValueError):
    """The data cannot be used; the message says why."""


class EmptySplit(DatasetError):
    """The split asked for has no image in this data."""


@dataclass(frozen=True)
class LabelledFaces:
    """Faces with their labels in FER-2013."""

    images: NDArray[np.uint8]  # [n, 48, 48] grey
    labels: NDArray[np.int64]  # [n], places in EXPRESSIONS
    names: tuple[str, ...]  # of the files inside the data
    unreadable: tuple[str, ...] = ()  # names of files that are no image
    copied: NDArray[np.bool_] | None = None  # [n]: those with a copy in Training; None where that was not looked up

    def __len__(self) -> int:
        return len(self.images)

    def where(self, mask: NDArray[np.bool_]) -> "LabelledFaces":
        """Only the images where mask [n] is true."""
        names = tuple(name for name, keep in zip(self.names, mask, strict=True) if keep)
        copied = None if self.copied is None else self.copied[mask]
        return LabelledFaces(self.images[mask], self.labels[mask], names, self.unreadable, copied)


def load_split(source: Path, split: str) -> LabelledFaces:
    """Read one split ("train", "validation" or "test") of FER-2013, ordered by file name.

    Files that are no image are left out, named in the log and in `unreadable`. Raises DatasetError for a source that
    cannot be read or an image in a folder that is no expression, EmptySplit when the split has no image.
    """
    if split not in PREFIXES:
        raise DatasetError(f"No split is called {split!r}; there are {', '.join(PREFIXES)}.")
    images: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    names: list[str] = []
    unreadable: list[str] = []
    for name, expression, face in _read_faces(source, PREFIXES[split]):
        if face is None:
            logger.warning("%s: %s is not a readable image; it is left out.", source, name)
            unreadable.append(name)
            continue
        if expression not in EXPRESSIONS:
            raise DatasetError(f"{source}: {name} lies in {expression!r}, which is none of {', '.join(EXPRESSIONS)}.")
        images.append(face)
        labels.append(EXPRESSIONS.index(expression))
        names.append(name)
    if not images:
        files = f"files named {PREFIXES[split]}_*.jpg in a folder per expression"
        broken = f"; {len(unreadable)} could not be read, the first is {unreadable[0]}" if unreadable else ""
        raise EmptySplit(f"{source} has no image of the {split} split ({files}){broken}.")
    return LabelledFaces(np.stack(images), np.array(labels, dtype=np.int64), tuple(names), tuple(unreadable))


def _read_faces(source: Path, prefix: str) -> Iterator[tuple[str, str, NDArray[np.uint8] | None]]:
    """Each image's name, the name of its expression, and the face; None for a file that is no image. Raises
    DatasetError."""
    if not source.exists():
        raise DatasetError(f"{source} does not exist.")
    try:
        if source.is_dir():
            for path in sorted(source.rglob(f"{prefix}_*")):
                if path.suffix.lower() in SUFFIXES:
                    yield path.relative_to(source).as_posix(), path.parent.name, _decoded(path.read_bytes())
        elif zipfile.is_zipfile(source):
            with zipfile.ZipFile(source) as archive:
                for name in sorted(archive.namelist()):
                    entry = PurePosixPath(name)
                    if entry.name.startswith(f"{prefix}_") and entry.suffix.lower() in SUFFIXES:
                        yield name, entry.parent.name, _decoded(archive.read(name))
        elif source.suffix.lower() == ".csv":
            yield from _read_csv(source, prefix)
        else:
            raise DatasetError(f"{source} is neither a zip nor a folder nor a CSV.")
    # zipfile raises RuntimeError for an encrypted member.
    except (OSError, zipfile.BadZipFile, RuntimeError, csv.Error, UnicodeDecodeError) as error:
        raise DatasetError(f"{source} cannot be read: {error}.") from error


def _read_csv(source: Path, prefix: str) -> Iterator[tuple[str, str, NDArray[np.uint8] | None]]:
    with source.open(newline="") as file:
        rows = csv.DictReader(file)
        if not {"emotion", "pixels", "Usage"} <= set(rows.fieldnames or ()):
            raise DatasetError(f"{source} has no columns emotion, pixels and Usage, as fer2013.csv has.")
        numbers = {str(number): name for number, name in enumerate(CSV_EXPRESSIONS)}
        for place, row in enumerate(rows):
            if row["Usage"] != prefix:
                continue
            try:
                values = [int(value) for value in (row["pixels"] or "").split()]
            except ValueError:
                values = []
            complete = len(values) == FACE_SIDE**2 and 0 <= min(values) <= max(values) <= 255
            face = np.array(values, dtype=np.uint8).reshape(FACE_SIDE, FACE_SIDE) if complete else None
            yield f"{prefix}_{place:05}", numbers.get(row["emotion"], row["emotion"]), face


def _decoded(data: bytes) -> NDArray[np.uint8] | None:
    if not data:
        return None
    try:
        face = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error:  # a header that claims more pixels than OpenCV takes
        return None
    if face is not None and face.shape != (FACE_SIDE, FACE_SIDE):
        face = cv2.resize(face, (FACE_SIDE, FACE_SIDE), interpolation=cv2.INTER_AREA)
    return None if face is None else np.asarray(face, dtype=np.uint8)
