"""The faces and targets of a run."""

import logging
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emotions.labels import EXPRESSIONS
from emotions.preprocessing import softmax
from emotions.training.config import Distillation, TrainingConfig, WrongSettings
from emotions.training.copies import copies_between
from emotions.training.crowd import ANSWERS, label_likelihoods, vote_shares
from emotions.training.dataset import EmptySplit, LabelledFaces, load_split
from emotions.training.transfer import TransferSet

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingData:
    """The faces of a run. No training face is a copy of an evaluation image; validation has its copies in the whole
    training split marked."""

    train: LabelledFaces
    validation: LabelledFaces
    removed: int  # copies of evaluation images that were taken out of train
    votes: NDArray[np.float32] | None = None  # [train, 10] shares of the crowd's answers, 0 where nobody voted
    transfer: TransferSet | None = None  # views of train, with the teachers' answers

    def fingerprint(self) -> str:
        """Identifies the data, so that a run resumes only on the data that it began with. Views that a transfer set
        gained meanwhile do not count."""
        parts = (self.train.images, self.train.labels, self.validation.images, self.votes)
        digest = sha256(b"".join(b"" if part is None else part.tobytes() for part in parts))
        if self.transfer is not None:
            digest.update(repr(self.transfer.settings).encode())
        return digest.hexdigest()


@dataclass(frozen=True)
class Examples:
    """What an epoch shows: images uint8 [n, 48, 48]; as float32 the targets of the served head labels [n, 7] and of the
    other head votes [n, 10], both shares of one (0 for faces without votes); the weight of each image's loss [n]."""

    images: NDArray[np.uint8]
    labels: NDArray[np.float32]
    votes: NDArray[np.float32]
    weights: NDArray[np.float32]


def load_data(source: Path, votes: Path | None = None, limit: int | None = None) -> TrainingData:
    """Training and validation faces. votes: FER+'s file, for the second head; limit: train on so many faces, drawn at
    random. Raises DatasetError."""
    everything = load_split(source, "train")
    validation = load_split(source, "validation")
    copies, copied = copies_between(everything.images, validation.images)
    try:
        copies |= copies_between(everything.images, load_split(source, "test").images)[0]
    except EmptySplit:
        logger.info("%s has no test split; only copies of validation images are taken out of training.", source)
    train = everything.where(~copies)
    if limit:
        train = train.where(np.random.default_rng(0).permutation(len(train)) < limit)
    shares = vote_shares(votes, train.names) if votes else None
    return TrainingData(train, replace(validation, copied=copied), int(copies.sum()), shares)


class ExampleSource:
    """The examples of each epoch: the training faces with their labels or, in distillation, a view of each face with
    the teachers' answers about that view. Raises WrongSettings."""

    def __init__(self, data: TrainingData, config: TrainingConfig) -> None:
        self._data = data
        self._seed = config.seed
        self._votes = np.zeros((len(data.train), len(ANSWERS)), np.float32) if data.votes is None else data.votes
        self._weights = _class_weights(data.train.labels, config.class_balance)
        self._labels = _label_targets(data.train.labels, self._votes, config)
        self._taught = _taught(data.transfer, config.distillation, self._labels)

    def examples(self, epoch: int) -> Examples:
        """Seeded by the epoch, so that a resumed run sees what an uninterrupted one would have seen."""
        if self._data.transfer is None or self._taught is None:
            return Examples(self._data.train.images, self._labels, self._votes, self._weights)
        answered = ~np.isnan(self._taught[..., 0])
        rng = np.random.default_rng([self._seed, epoch, 1])
        view = (rng.random(answered.shape) * answered).argmax(axis=0)
        faces = np.flatnonzero(answered.any(axis=0))
        images = np.stack([self._data.transfer.views[view[face]][face] for face in faces])
        return Examples(images, self._taught[view[faces], faces], self._votes[faces], self._weights[faces])


def _label_targets(
    labels: NDArray[np.int64], votes: NDArray[np.float32], config: TrainingConfig
) -> NDArray[np.float32]:
    targets = np.eye(len(EXPRESSIONS), dtype=np.float32)[labels]
    if config.crowd_share:
        targets = _blended(targets, label_likelihoods(votes, labels), config.crowd_share)
    return _blended(targets, np.full_like(targets, 1 / len(EXPRESSIONS)), config.label_smoothing)


def _blended(one: NDArray[np.float32], other: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    return np.asarray((1 - share) * one + share * other, dtype=np.float32)


def _taught(
    transfer: TransferSet | None, distillation: Distillation | None, labels: NDArray[np.float32]
) -> NDArray[np.float32] | None:
    """Targets [views, n, 7], NaN for a view that no teacher has answered; None without distillation."""
    if distillation is None:
        return None
    if transfer is None:
        raise WrongSettings("Distillation needs a transfer set.")
    # Over the teachers that answered: some are asked only about the views that the first one is unsure of.
    total: Any = np.float32(0)
    weight: Any = np.float32(0)
    for teacher in distillation.teachers:
        probabilities = softmax(transfer.logits[teacher.name], teacher.temperature)
        answered = ~np.isnan(probabilities)
        total = total + teacher.weight * np.where(answered, probabilities, 0)
        weight = weight + teacher.weight * answered
    mixture = np.where(weight > 0, total / np.maximum(weight, 1e-9), np.nan)
    return _blended(mixture, labels, distillation.alpha)


def _class_weights(labels: NDArray[np.int64], power: float) -> NDArray[np.float32]:
    counts = np.maximum(np.bincount(labels, minlength=len(EXPRESSIONS)), 1)
    weights = ((counts.mean() / counts) ** power)[labels]
    return np.asarray(weights / weights.mean(), dtype=np.float32)
