"""A crowd's view of FER-2013's faces: FER+ (Barsoum et al. 2016), ten people's votes on each image.

The file is a CSV with one line per image: `file` (its name in FER-2013), then the votes `neutral, happiness, surprise,
sadness, anger, disgust, fear, contempt, unknown, NF` (no face).
"""

import csv
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from emotions.labels import EXPRESSIONS
from emotions.training.dataset import DatasetError

COLUMNS = {
    "angry": "anger",
    "disgust": "disgust",
    "fear": "fear",
    "happy": "happiness",
    "neutral": "neutral",
    "sad": "sadness",
    "surprise": "surprise",
}
# A majority for one of these means that none of the seven fits.
NONE_OF_THE_SEVEN = ("contempt", "unknown", "NF")
ANSWERS = (*COLUMNS.values(), *NONE_OF_THE_SEVEN)
NO_MAJORITY = -1


def crowd_labels(votes: Path, names: Sequence[str]) -> NDArray[np.int64]:
    """For each image, by its name in FER-2013, the index in EXPRESSIONS that got more votes than any other answer, or
    NO_MAJORITY for a tie, an answer that is none of the seven, or an image without votes. Raises DatasetError."""
    counts = _counts(votes, names)
    winners = counts.argmax(axis=1)
    unique = (counts == counts.max(axis=1, keepdims=True)).sum(axis=1) == 1  # false also for an image without votes
    return np.where(unique & (winners < len(EXPRESSIONS)), winners, NO_MAJORITY)


def label_likelihoods(shares: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.float32]:
    """The probability of each of FER-2013's seven labels given only a face's votes, [n, 7] float32.

    shares [n, 10] come from vote_shares; labels [n]. A logistic regression from shares to labels is fitted to these
    same faces. It learns, for instance, that a face in which the crowd sees anger is labelled fear one time in six. A
    face without votes keeps its label; all faces do if some expression has no face with votes.
    """
    likelihoods = np.eye(len(EXPRESSIONS), dtype=np.float32)[labels]
    voted = shares.any(axis=1)
    if len(set(labels[voted])) == len(EXPRESSIONS):
        evidence = np.hstack([shares, np.sqrt(shares)])[voted]
        fitted = LogisticRegression(C=100.0, max_iter=500).fit(evidence, labels[voted])
        likelihoods[voted] = fitted.predict_proba(evidence)
    return likelihoods


def vote_shares(votes: Path, names: Sequence[str]) -> NDArray[np.float32]:
    """For each image, by its name in FER-2013, the share of the votes that each of ANSWERS got: [n, 10] float32, 0 for
    an image without votes. Raises DatasetError, also when none of the images has votes."""
    counts = _counts(votes, names)
    if not counts.any():
        raise DatasetError(f"{votes} has no votes for these faces; its file names differ.")
    return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1), dtype=np.float32)


def agreement(predicted: NDArray[np.int64], crowd: NDArray[np.int64]) -> dict[str, float | int | None]:
    """How often predictions [n] equal the crowd's majority, among the images that have one."""
    decided = crowd != NO_MAJORITY
    share = float((predicted[decided] == crowd[decided]).mean()) if decided.any() else None
    return {"images": int(decided.sum()), "agreement": None if share is None else round(share, 4)}


def _counts(votes: Path, names: Sequence[str]) -> NDArray[np.int64]:
    """[n, 10]: how many people gave each of ANSWERS; zeros for an image without votes."""
    try:
        with votes.open(newline="") as file:
            rows = csv.DictReader(file)
            missing = {"file", *ANSWERS} - set(rows.fieldnames or ())
            if missing:
                raise ValueError(f"no column {', '.join(sorted(missing))}")
            counts = {row["file"]: [int(row[answer]) for answer in ANSWERS] for row in rows}
    except (OSError, TypeError, ValueError, csv.Error) as error:
        raise DatasetError(f"{votes} is not a table of FER+ votes: {error}.") from error
    nothing = [0] * len(ANSWERS)
    return np.array([counts.get(PurePosixPath(name).name, nothing) for name in names], dtype=np.int64)
