"""What a crowd saw in FER-2013's faces: FER+ (Barsoum et al. 2016), ten people's votes on each image.

A CSV with one line an image: `file` (its name in FER-2013), then the votes `neutral, happiness, surprise, sadness,
anger, disgust, fear, contempt, unknown, NF` (no face).
"""

import csv
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from emotions.labels import EXPRESSIONS

from .dataset import DatasetError

COLUMNS = {
    "angry": "anger",
    "disgust": "disgust",
    "fear": "fear",
    "happy": "happiness",
    "neutral": "neutral",
    "sad": "sadness",
    "surprise": "surprise",
}
# A majority for one of these says that none of the seven fits.
NONE_OF_THE_SEVEN = ("contempt", "unknown", "NF")
NO_MAJORITY = -1


def crowd_labels(votes: Path, names: Sequence[str]) -> NDArray[np.int64]:
    """For each image, by its name in FER-2013, the place in EXPRESSIONS that got more votes than any other answer;
    NO_MAJORITY for a tie, an answer that is none of the seven, or an image without votes. Raises DatasetError."""
    try:
        with votes.open(newline="") as file:
            rows = csv.DictReader(file)
            missing = {"file", *COLUMNS.values(), *NONE_OF_THE_SEVEN} - set(rows.fieldnames or ())
            if missing:
                raise ValueError(f"no column {', '.join(sorted(missing))}")
            majority = {row["file"]: _majority(row) for row in rows}
    except (OSError, TypeError, ValueError) as error:
        raise DatasetError(f"{votes} is not a table of FER+ votes: {error}.") from error
    return np.array([majority.get(PurePosixPath(name).name, NO_MAJORITY) for name in names], dtype=np.int64)


def agreement(predicted: NDArray[np.int64], crowd: NDArray[np.int64]) -> dict[str, float | int | None]:
    """How often predictions [n] are what the crowd's majority saw, among the images that have one."""
    decided = crowd != NO_MAJORITY
    share = float((predicted[decided] == crowd[decided]).mean()) if decided.any() else None
    return {"images": int(decided.sum()), "agreement": None if share is None else round(share, 4)}


def _majority(row: dict[str, str]) -> int:
    votes = [int(row[COLUMNS[name]]) for name in EXPRESSIONS]
    most = max(votes)
    rivals = [int(row[name]) for name in NONE_OF_THE_SEVEN]
    if votes.count(most) > 1 or most <= max(rivals):
        return NO_MAJORITY
    return votes.index(most)
