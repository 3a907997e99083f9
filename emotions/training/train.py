"""Trains a network on FER-2013 and stores it among the models. Runs on any Keras backend."""

import dataclasses
import datetime
import hashlib
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from emotions import registry
from emotions.labels import EXPRESSIONS
from emotions.preprocessing import FACE_SIDE, NORMALISATION, normalise, softmax
from emotions.training import architectures, checkpoint, evaluate, report
from emotions.training.augmentation import UNVARIED, augmented, mixed
from emotions.training.config import TrainingConfig, WrongSettings, stage_of
from emotions.training.crowd import ANSWERS, label_likelihoods, vote_shares
from emotions.training.dataset import EmptySplit, LabelledFaces, load_split, without_near_duplicates
from emotions.training.muon import ConvolutionMuon
from emotions.training.release import release

logger = logging.getLogger(__name__)

DATA = "FER-2013 (Goodfellow et al. 2013), Kaggle's msambare/fer2013 files: Training, chosen on PublicTest"
VOTES = "FER+'s votes on the same images (Barsoum et al. 2016)"
LICENCE = "Weights: trained on FER-2013, whose photographs were collected from the web for research; see README.md"


@dataclass(frozen=True)
class TrainingData:
    """The faces of a run; removed: how many near-duplicates of evaluation images were taken out of train; votes: the
    share of each of the crowd's answers [n, 10] float32, nought where nobody voted, None where no votes are given."""

    train: LabelledFaces
    validation: LabelledFaces
    removed: int
    votes: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Targets:
    """What each training face is to be read as: labels [n, 7] for the head that is served, votes [n, 10] for the other
    one, both shares of one (of nought for faces without votes), float32."""

    labels: NDArray[np.float32]
    votes: NDArray[np.float32]


def load_data(source: Path, votes: Path | None = None, limit: int | None = None) -> TrainingData:
    """Training and validation faces; none of the former is also in validation or test. votes: FER+'s, for the second
    head; limit: train on so many faces, drawn at random. Raises DatasetError."""
    everything = load_split(source, "train")
    validation = load_split(source, "validation")
    train = without_near_duplicates(everything, validation)
    try:
        train = without_near_duplicates(train, load_split(source, "test"))
    except EmptySplit:
        logger.info("%s has no test split; only near-duplicates of validation images are removed.", source)
    removed = len(everything) - len(train)
    if limit:
        train = train.kept(np.random.default_rng(0).permutation(len(train)) < limit)
    return TrainingData(train, validation, removed, vote_shares(votes, train.names) if votes else None)


def train_model(
    name: str,
    data: TrainingData,
    config: TrainingConfig,
    *,
    work_dir: Path,
    models_dir: Path = registry.MODELS_DIR,
    resume: bool = False,
    stop_after: int | None = None,
) -> Path | None:
    """Train and store models_dir/name, whose path is returned.

    A checkpoint is written to work_dir after each epoch; resume goes on from it. stop_after ends the run early, after
    that epoch, with nothing stored and None returned. Raises WrongSettings, checkpoint.WrongCheckpoint,
    registry.UnknownModel, registry.DamagedModel, OSError.
    """
    for folder in (work_dir, models_dir):
        folder.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(config.seed)
    steps = max(1, len(data.train) // config.batch_size)
    network = architectures.build(config.architecture, side=None, dropout=config.dropout, dtype=config.dtype)
    if config.initial_model:
        _start_from(network, registry.load_network(config.initial_model, models_dir), config)
    model = _compiled(network, config, steps)
    settings = dataclasses.asdict(config) | {"data": _fingerprint(data)}
    progress = checkpoint.restore(work_dir, model, settings) if resume else checkpoint.Progress()
    if progress.history:
        report.write_history(work_dir, progress.history)
    last = min(config.epochs, stop_after or config.epochs)
    epochs = range(progress.epoch, last)
    # A run that was killed after its last epoch has only to be stored; its teachers need not look again.
    if epochs:
        targets = _targets(data, config, models_dir)
    with report.reporting(steps * len(epochs)) as listener:
        for epoch in epochs:
            row = _epoch(model, network, data, targets, config, epoch, listener)
            progress = checkpoint.Progress((*progress.history, row))
            checkpoint.save(work_dir, model, settings, progress)
            report.write_history(work_dir, progress.history)
            listener.epoch(row)
    return _store(name, model, network, data, config, models_dir, progress) if last == config.epochs else None


def _start_from(network: keras.Model, earlier: keras.Model, config: TrainingConfig) -> None:
    try:
        network.set_weights(earlier.get_weights())
    except ValueError:
        raise WrongSettings(f"{config.initial_model} is not a {config.architecture}.") from None


def _targets(data: TrainingData, config: TrainingConfig, models_dir: Path) -> Targets:
    labels = np.eye(len(EXPRESSIONS), dtype=np.float32)[data.train.labels]
    votes = np.zeros((len(labels), len(ANSWERS)), np.float32) if data.votes is None else data.votes
    if config.crowd_share:
        labels = _blended(labels, label_likelihoods(votes, data.train.labels), config.crowd_share)
    if config.teachers and config.teacher_share:
        labels = _blended(labels, _taught(config.teachers, data.train, models_dir), config.teacher_share)
    return Targets(labels, votes)


def _blended(one: NDArray[np.float32], other: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    return np.asarray((1 - share) * one + share * other, dtype=np.float32)


def _taught(teachers: Sequence[str], faces: LabelledFaces, models_dir: Path) -> NDArray[np.float32]:
    models = [registry.load_model(name, models_dir) for name in teachers]
    seen = [softmax(evaluate.served_logits(model, faces), model.manifest.temperature) for model in models]
    return np.asarray(np.mean(seen, axis=0), dtype=np.float32)


def _fingerprint(data: TrainingData) -> str:
    """Tells whether a run goes on with the data that it began with."""
    parts = (data.train.images, data.train.labels, data.validation.images, data.votes)
    return hashlib.sha256(b"".join(b"" if part is None else part.tobytes() for part in parts)).hexdigest()


def _compiled(network: keras.Model, config: TrainingConfig, steps: int) -> keras.Model:
    features = network.get_layer("logits").input
    votes = keras.layers.Dense(len(ANSWERS), dtype="float32", name="votes")(features)
    model = keras.Model(network.input, {"labels": network.output, "votes": votes})
    warmup = min(config.warmup_epochs, config.epochs / 10)
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=config.learning_rate / 100,
        decay_steps=max(1, round(steps * (config.epochs - warmup))),
        warmup_target=config.learning_rate,
        warmup_steps=round(steps * warmup),
    )
    optimizer = ConvolutionMuon(
        schedule,
        adam_lr_ratio=config.adam_ratio,
        momentum=config.momentum,
        weight_decay=config.weight_decay,
        adam_weight_decay=config.weight_decay,
        use_ema=True,
        ema_momentum=max(0.0, min(config.average_momentum, 1 - 10 / (steps * config.epochs))),
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    # Compiling by XLA was measured slower on CPUs than TensorFlow's plain graph; JAX has nothing else.
    model.compile(
        optimizer,
        {
            "labels": keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=config.label_smoothing),
            "votes": keras.losses.CategoricalCrossentropy(from_logits=True),
        },
        loss_weights={"labels": 1.0, "votes": config.votes_weight},
        weighted_metrics={"labels": ["accuracy"]},
        jit_compile=keras.backend.backend() == "jax",
    )
    return model


def _epoch(
    model: keras.Model,
    network: keras.Model,
    data: TrainingData,
    targets: Targets,
    config: TrainingConfig,
    epoch: int,
    listener: report.Report,
) -> report.Row:
    started = time.monotonic()
    # Losses and accuracies of the batches; Keras starts its own means anew with every train_on_batch.
    figures: list[tuple[float, float]] = []
    for images, wanted, weights in _batches(data.train, targets, config, epoch):
        batch = model.train_on_batch(images, wanted, sample_weight=weights, return_dict=True)
        figures.append((batch["labels_loss"], batch["labels_accuracy"]))
        listener.step()
    loss, accuracy = np.mean(figures, axis=0)
    stage = stage_of(config, epoch)
    seen = augmented(data.validation.images, UNVARIED, np.random.default_rng(0), stage.side, stage.zoom)
    with _averaged_weights(model):
        logits = evaluate.face_logits(network.predict_on_batch, seen)
    labels = data.validation.labels
    return {
        "epoch": epoch + 1,
        "loss": round(float(loss), 5),
        "accuracy": round(float(accuracy), 5),
        "validation_loss": round(evaluate.negative_log_likelihood(logits, labels), 5),
        "validation_accuracy": round(float((logits.argmax(axis=1) == labels).mean()), 5),
        "side": stage.side,
        "seconds": round(time.monotonic() - started, 1),
    }


def _batches(
    faces: LabelledFaces, targets: Targets, config: TrainingConfig, epoch: int
) -> Iterator[tuple[NDArray[np.float32], dict[str, NDArray[np.float32]], dict[str, NDArray[np.float32]]]]:
    # Seeded per epoch, so that a resumed run sees what an uninterrupted one would have seen.
    rng = np.random.default_rng([config.seed, epoch])
    order = rng.permutation(len(faces))
    stage = stage_of(config, epoch)
    class_weights = _class_weights(faces.labels, config.class_balance)
    size = min(config.batch_size, len(faces))
    for start in range(0, len(faces) - size + 1, size):
        chosen = order[start : start + size]
        varied = augmented(faces.images[chosen], config.augmentation, rng, stage.side, stage.zoom)
        parts = (normalise(varied), targets.labels[chosen], targets.votes[chosen], class_weights[faces.labels[chosen]])
        images, labels, votes, weights = mixed(parts, config.mixup, rng)
        # Where nobody voted the votes' shares sum to nought, and so does their loss.
        yield images, {"labels": labels, "votes": votes}, {"labels": weights, "votes": np.ones_like(weights)}


def _class_weights(labels: NDArray[np.int64], power: float) -> NDArray[np.float32]:
    counts = np.maximum(np.bincount(labels, minlength=len(EXPRESSIONS)), 1)
    weights = (counts.mean() / counts) ** power
    return np.asarray(weights / weights[labels].mean(), dtype=np.float32)


@contextmanager
def _averaged_weights(model: keras.Model) -> Iterator[None]:
    current = [keras.ops.convert_to_numpy(variable.value) for variable in model.trainable_variables]
    model.optimizer.finalize_variable_values(model.trainable_variables)
    try:
        yield
    finally:
        for variable, value in zip(model.trainable_variables, current, strict=True):
            variable.assign(value)


def _store(
    name: str,
    model: keras.Model,
    network: keras.Model,
    data: TrainingData,
    config: TrainingConfig,
    models_dir: Path,
    progress: checkpoint.Progress,
) -> Path:
    stored = architectures.build(config.architecture)
    with _averaged_weights(model):
        stored.set_weights(network.get_weights())
    return release(
        stored,
        _manifest(name, stored, data, config),
        data.validation,
        models_dir,
        history=report.history_table(progress.history),
    )


def _manifest(name: str, network: keras.Model, data: TrainingData, config: TrainingConfig) -> registry.Manifest:
    data_used = {"images": len(data.train), "near_duplicates_removed": data.removed, "votes": data.votes is not None}
    return registry.Manifest(
        name=name,
        architecture=config.architecture,
        input_shape=(FACE_SIDE, FACE_SIDE, 1),
        normalisation=NORMALISATION,
        labels=EXPRESSIONS,
        output="logits",
        temperature=1.0,
        mirrored_mean=True,
        parameters=network.count_params(),
        training=dataclasses.asdict(config) | {"optimizer": "muon"} | data_used,
        keras_version=keras.__version__,
        backend=keras.backend.backend(),
        trained_on=datetime.datetime.now(datetime.UTC).date().isoformat(),
        data=DATA if data.votes is None else f"{DATA}; {VOTES}",
        licence=LICENCE,
    )
