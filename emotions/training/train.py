"""Trains a network on FER-2013 and stores it among the models. Runs on any Keras backend."""

import dataclasses
import datetime
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from emotions import architectures, registry
from emotions.labels import EXPRESSIONS
from emotions.preprocessing import FACE_SIDE, NORMALISATION, normalise

from . import checkpoint, evaluate, report
from .augmentation import Augmentation, augmented
from .crowd import label_likelihoods
from .dataset import EmptySplit, LabelledFaces, load_split, without_near_duplicates
from .release import release

logger = logging.getLogger(__name__)

DATA = "FER-2013 (Goodfellow et al. 2013), Kaggle's msambare/fer2013 files: Training, chosen on PublicTest"
LICENCE = "Weights: trained on FER-2013, whose photographs were collected from the web for research; see README.md"


@dataclass(frozen=True)
class TrainingConfig:
    """Every hyper-parameter of a run; all of them go into the manifest.

    weight_decay is decoupled (Keras), a tenth of what a momentum of .9 makes of the coupled kind. class_balance is the
    power of the inverse class frequency that weighs the loss: 0 is none, 1 counts each class the same. initial_model
    names a stored model of the same architecture whose weights the run starts from; empty starts afresh. Most epochs
    see crops of crop_side pixels, which cost less; the last full_size_epochs see whole faces. crowd_share is how much
    of a target comes from the crowd's votes, where they are given, and how little from the label.
    """

    architecture: str = "strided_vgg"
    initial_model: str = ""
    crowd_share: float = 0.5
    epochs: int = 70
    crop_side: int = 40
    full_size_epochs: int = 8
    batch_size: int = 128
    learning_rate: float = 0.08
    warmup_epochs: float = 2.0
    momentum: float = 0.9
    weight_decay: float = 5e-3
    label_smoothing: float = 0.05
    dropout: float = 0.2
    average_momentum: float = 0.999
    class_balance: float = 0.3
    dtype: str = "mixed_bfloat16"
    seed: int = 0
    augmentation: Augmentation = field(default_factory=Augmentation)


@dataclass(frozen=True)
class TrainingData:
    """The faces of a run; removed: how many near-duplicates of evaluation images were taken out of train; crowd: how
    probable the crowd's votes make each label [n, 7] float32, None where no votes are given."""

    train: LabelledFaces
    validation: LabelledFaces
    removed: int
    crowd: NDArray[np.float32] | None = None


def load_data(source: Path, votes: Path | None = None, limit: int | None = None) -> TrainingData:
    """Training and validation faces; none of the former is also in validation or test. votes: FER+'s, for soft targets;
    limit: train on so many faces, drawn at random. Raises DatasetError."""
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
    crowd = label_likelihoods(votes, train) if votes else None
    return TrainingData(train, validation, removed, crowd)


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
    that epoch, with nothing stored and None returned. Raises checkpoint.WrongCheckpoint, registry.UnknownModel,
    registry.DamagedModel.
    """
    keras.utils.set_random_seed(config.seed)
    steps = max(1, len(data.train) // config.batch_size)
    model = _compiled(config, steps)
    if config.initial_model:
        model.set_weights(registry.load_network(config.initial_model, models_dir).get_weights())
    settings = dataclasses.asdict(config)
    progress = checkpoint.restore(work_dir, model, settings) if resume else checkpoint.Progress()
    last = min(config.epochs, stop_after or config.epochs)
    with report.reporting(steps * (last - progress.epoch)) as listener:
        for epoch in range(progress.epoch, last):
            row = _epoch(model, data, config, epoch, listener)
            progress = checkpoint.Progress((*progress.history, row))
            checkpoint.save(work_dir, model, settings, progress)
            report.write_history(work_dir, progress.history)
            listener.epoch(row)
    return _store(name, model, data, config, models_dir) if last == config.epochs else None


def _compiled(config: TrainingConfig, steps: int) -> keras.Model:
    model = architectures.build(config.architecture, side=None, dropout=config.dropout, dtype=config.dtype)
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=config.learning_rate / 100,
        decay_steps=max(1, round(steps * (config.epochs - config.warmup_epochs))),
        warmup_target=config.learning_rate,
        warmup_steps=round(steps * config.warmup_epochs),
    )
    optimizer = keras.optimizers.SGD(
        schedule,
        momentum=config.momentum,
        nesterov=True,
        weight_decay=config.weight_decay,
        use_ema=True,
        ema_momentum=config.average_momentum,
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=config.label_smoothing)
    # Compiling by XLA was measured slower on CPUs than the plain graph.
    model.compile(optimizer, loss, weighted_metrics=["accuracy"], jit_compile=False)
    return model


def _epoch(
    model: keras.Model, data: TrainingData, config: TrainingConfig, epoch: int, listener: report.Report
) -> report.Row:
    started = time.monotonic()
    # Losses and accuracies of the batches; Keras starts its own means anew with every train_on_batch.
    figures: list[tuple[float, float]] = []
    for images, targets, weights in _batches(data, config, epoch):
        figures.append(model.train_on_batch(images, targets, sample_weight=weights))
        listener.step()
    loss, accuracy = np.mean(figures, axis=0)
    with _averaged_weights(model):
        logits = evaluate.face_logits(model.predict_on_batch, data.validation.images)
    labels = data.validation.labels
    return {
        "epoch": epoch + 1,
        "loss": round(float(loss), 5),
        "accuracy": round(float(accuracy), 5),
        "validation_loss": round(evaluate.negative_log_likelihood(logits, labels), 5),
        "validation_accuracy": round(float((logits.argmax(axis=1) == labels).mean()), 5),
        "seconds": round(time.monotonic() - started, 1),
    }


def _batches(
    data: TrainingData, config: TrainingConfig, epoch: int
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]]:
    # Seeded per epoch, so that a resumed run sees what an uninterrupted one would have seen.
    rng = np.random.default_rng([config.seed, epoch])
    faces = data.train
    order = rng.permutation(len(faces))
    targets = _targets(data, config.crowd_share)
    crop = config.crop_side if epoch < config.epochs - config.full_size_epochs else None
    class_weights = _class_weights(faces.labels, config.class_balance)
    size = min(config.batch_size, len(faces))
    for start in range(0, len(faces) - size + 1, size):
        chosen = order[start : start + size]
        yield (
            normalise(augmented(faces.images[chosen], config.augmentation, rng, crop)),
            targets[chosen],
            class_weights[faces.labels[chosen]],
        )


def _targets(data: TrainingData, crowd_share: float) -> NDArray[np.float32]:
    one_hot = np.eye(len(EXPRESSIONS), dtype=np.float32)[data.train.labels]
    return one_hot if data.crowd is None else (1 - crowd_share) * one_hot + crowd_share * data.crowd


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


def _store(name: str, model: keras.Model, data: TrainingData, config: TrainingConfig, models_dir: Path) -> Path:
    network = architectures.build(config.architecture)
    with _averaged_weights(model):
        network.set_weights(model.get_weights())
    return release(network, _manifest(name, network, data, config), data.validation, models_dir)


def _manifest(name: str, network: keras.Model, data: TrainingData, config: TrainingConfig) -> registry.Manifest:
    images = {"images": len(data.train), "near_duplicates_removed": data.removed}
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
        training=dataclasses.asdict(config) | images,
        keras_version=keras.__version__,
        backend=keras.backend.backend(),
        trained_on=datetime.datetime.now(datetime.UTC).date().isoformat(),
        data=DATA,
        licence=LICENCE,
    )
