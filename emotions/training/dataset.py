"""FER-2013's faces with their labels, by split: PublicTest is for choosing, PrivateTest for the final figure."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from emotions.labels import EXPRESSIONS
from emotions.training.fer_files import PREFIXES, DatasetError, read_faces

logger = logging.getLogger(__name__)

Split = Literal["train", "validation", "test"]


class EmptySplit(DatasetError):
    """The split asked for has no image in this data."""


@dataclass(frozen=True)
class LabelledFaces:
    """Faces with their labels in FER-2013."""

    images: NDArray[np.uint8]  # [n, 48, 48] grey
    labels: NDArray[np.int64]  # [n], indices in EXPRESSIONS
    names: tuple[str, ...]  # of the files inside the data
    unreadable: tuple[str, ...] = ()  # names of files that are not images
    copied: NDArray[np.bool_] | None = None  # [n]: those with a copy in Training; None if that was not looked up

    def __len__(self) -> int:
        return len(self.images)

    def where(self, mask: NDArray[np.bool_]) -> "LabelledFaces":
        """Only the images where mask [n] is true."""
        names = tuple(name for name, keep in zip(self.names, mask, strict=True) if keep)
        copied = None if self.copied is None else self.copied[mask]
        return LabelledFaces(self.images[mask], self.labels[mask], names, self.unreadable, copied)


def load_split(source: Path, split: str) -> LabelledFaces:
    """Read one split ("train", "validation" or "test") of FER-2013, ordered by file name.

    Files that are not images are left out and named in the log and in `unreadable`. Raises DatasetError for an
    unreadable source or an image in a folder that is not an expression, EmptySplit if the split has no image.
    """
    if split not in PREFIXES:
        raise DatasetError(f"No split is called {split!r}; there are {', '.join(PREFIXES)}.")
    images: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    names: list[str] = []
    unreadable: list[str] = []
    for name, expression, face in read_faces(source, PREFIXES[split]):
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
