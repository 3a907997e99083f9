"""The faces and targets of a run."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emotions.labels import EXPRESSIONS
from emotions.preprocessing import normalise
from emotions.training.augmentation import augmented, mixed
from emotions.training.config import TrainingConfig, WrongSettings, stage_at
from emotions.training.copies import copies_between
from emotions.training.crowd import ANSWERS, label_likelihoods, vote_shares
from emotions.training.dataset import EmptySplit, LabelledFaces, load_split
from emotions.training.transfer import TransferSet

logger = logging.getLogger(__name__)

Batch = tuple[NDArray[np.float32], dict[str, NDArray[np.float32]], dict[str, NDArray[np.float32]]]


@dataclass(frozen=True)
class TrainingData:
    """The faces of a run. No training face is a copy of an evaluation image. In validation, images with a copy in the
    whole training split are marked."""

    train: LabelledFaces
    validation: LabelledFaces
    removed: int  # copies of evaluation images that were taken out of train
    votes: NDArray[np.float32] | None = None  # [train, 10] shares of the crowd's answers, 0 where nobody voted
    transfer: TransferSet | None = None  # views of train, with the teachers' answers

    def fingerprint(self) -> str:
        """Identifies the data, so that a run resumes only on the data that it began with. Views added to a transfer set
        since then do not count."""
        parts = (self.train.images, self.train.labels, self.validation.images, self.votes)
        digest = sha256(b"".join(b"" if part is None else part.tobytes() for part in parts))
        if self.transfer is not None:
            digest.update(repr(self.transfer.settings).encode())
        return digest.hexdigest()


@dataclass(frozen=True)
class Examples:
    """The faces that an epoch shows, with their targets. Both kinds of targets are shares of one."""

    images: NDArray[np.uint8]  # [n, 48, 48]
    labels: NDArray[np.float32]  # [n, 7], for the served head
    votes: NDArray[np.float32]  # [n, 10], for the other head; 0 for faces without votes
    weights: NDArray[np.float32]  # [n], of the served head's loss

    def batches(self, config: TrainingConfig, epoch: int) -> Iterator[Batch]:
        """Inputs, targets and weights of each step: the images augmented as the epoch's stage shows them."""
        # Seeded per epoch, so that a resumed run sees what an uninterrupted one would have seen.
        rng = np.random.default_rng([config.seed, epoch])
        order = rng.permutation(len(self.images))
        stage = stage_at(config, epoch)
        size = min(config.batch_size, len(order))
        for start in range(0, len(order) - size + 1, size):
            chosen = order[start : start + size]
            images = normalise(augmented(self.images[chosen], config.augmentation, rng, stage.side, stage.zoom))
            parts = (images, self.labels[chosen], self.votes[chosen], self.weights[chosen])
            images, labels, votes, weights = mixed(parts, config.mixup, rng)
            # The votes of a face on which nobody voted sum to 0, so their loss is 0.
            yield images, {"labels": labels, "votes": votes}, {"labels": weights, "votes": np.ones_like(weights)}


def load_data(source: Path, votes: Path | None = None, limit: int | None = None) -> TrainingData:
    """Training and validation faces. votes: FER+'s file, for the second head. limit: train on this many faces, drawn at
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
        labels = data.train.labels
        votes = np.zeros((len(labels), len(ANSWERS)), np.float32) if data.votes is None else data.votes
        targets = np.eye(len(EXPRESSIONS), dtype=np.float32)[labels]
        if config.crowd_share:
            targets = _blended(targets, label_likelihoods(votes, labels), config.crowd_share)
        targets = _blended(targets, np.full_like(targets, 1 / len(EXPRESSIONS)), config.label_smoothing)
        counts = np.maximum(np.bincount(labels, minlength=len(EXPRESSIONS)), 1)
        weights = ((counts.mean() / counts) ** config.class_balance)[labels]
        self._seed = config.seed
        self._faces = Examples(data.train.images, targets, votes, np.asarray(weights / weights.mean(), np.float32))
        self._views: list[NDArray[np.uint8]] = []
        if config.distillation is not None:
            if data.transfer is None:
                raise WrongSettings("Distillation needs a transfer set.")
            self._views = data.transfer.views
            teachers = data.transfer.mean_probabilities(config.distillation.teachers)
            self._view_targets = _blended(teachers, targets, config.distillation.alpha)

    def examples(self, epoch: int) -> Examples:
        """Seeded by the epoch, so that a resumed run sees what an uninterrupted one would have seen."""
        if not self._views:
            return self._faces
        answered = ~np.isnan(self._view_targets[..., 0])
        rng = np.random.default_rng([self._seed, epoch, 1])
        view = (rng.random(answered.shape) * answered).argmax(axis=0)
        faces = np.flatnonzero(answered.any(axis=0))
        return Examples(
            np.stack([self._views[view[face]][face] for face in faces]),
            self._view_targets[view[faces], faces],
            self._faces.votes[faces],
            self._faces.weights[faces],
        )


def _blended(one: NDArray[np.float32], other: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    return np.asarray((1 - share) * one + share * other, dtype=np.float32)
