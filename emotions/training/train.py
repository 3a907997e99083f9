"""Trains a network on FER-2013 and stores it among the models. Runs on any Keras backend."""

import dataclasses
import datetime
import time
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from emotions import registry
from emotions.labels import EXPRESSIONS
from emotions.preprocessing import FACE_SIDE, NORMALISATION, normalise
from emotions.training import architectures, checkpoint, evaluate, report
from emotions.training.augmentation import UNVARIED, augmented, mixed
from emotions.training.config import TrainingConfig, WrongSettings, stage_at
from emotions.training.crowd import ANSWERS
from emotions.training.muon import ConvolutionMuon
from emotions.training.release import release
from emotions.training.training_data import Examples, ExampleSource, TrainingData

DATA = "FER-2013 (Goodfellow et al. 2013), Kaggle's msambare/fer2013 files: Training, chosen on PublicTest"
VOTES = "FER+'s votes on the same images (Barsoum et al. 2016)"
LICENCE = "Weights: trained on FER-2013, whose photographs were collected from the web for research; see README.md"

Batch = tuple[NDArray[np.float32], dict[str, NDArray[np.float32]], dict[str, NDArray[np.float32]]]


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

    A checkpoint is written to work_dir after each epoch; resume continues from it. stop_after ends the run early, after
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
    settings = dataclasses.asdict(config) | {"data": data.fingerprint()}
    progress = checkpoint.restore(work_dir, model, settings) if resume else checkpoint.Progress()
    if progress.history:
        report.write_history(work_dir, progress.history)
    last = min(config.epochs, stop_after or config.epochs)
    source = ExampleSource(data, config)
    with report.reporting("training", steps * (last - progress.epoch)) as listener:
        for epoch in range(progress.epoch, last):
            row = _run_epoch(model, source.examples(epoch), data, config, epoch, listener)
            progress = checkpoint.Progress((*progress.history, row))
            checkpoint.save(work_dir, model, settings, progress)
            report.write_history(work_dir, progress.history)
            listener.line(report.epoch_line(row))
    return _store(name, model, network, data, config, models_dir, progress) if last == config.epochs else None


def _start_from(network: keras.Model, earlier: keras.Model, config: TrainingConfig) -> None:
    try:
        network.set_weights(earlier.get_weights())
    except ValueError:
        raise WrongSettings(f"{config.initial_model} is not a {config.architecture}.") from None


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
    # XLA was slower than TensorFlow's plain graph on CPUs; JAX has nothing else.
    model.compile(
        optimizer,
        {name: keras.losses.CategoricalCrossentropy(from_logits=True) for name in ("labels", "votes")},
        loss_weights={"labels": 1.0, "votes": config.votes_weight},
        weighted_metrics={"labels": ["accuracy"]},
        jit_compile=keras.backend.backend() == "jax",
    )
    return model


def _run_epoch(
    model: keras.Model,
    examples: Examples,
    data: TrainingData,
    config: TrainingConfig,
    epoch: int,
    listener: report.Report,
) -> report.Row:
    started = time.monotonic()
    figures: list[tuple[float, float]] = []  # loss and accuracy of each batch: train_on_batch keeps no running mean
    for images, targets, weights in _batches(examples, config, epoch):
        batch = model.train_on_batch(images, targets, sample_weight=weights, return_dict=True)
        figures.append((batch["labels_loss"], batch["labels_accuracy"]))
        listener.step()
    loss, accuracy = np.mean(figures, axis=0)
    stage = stage_at(config, epoch)
    faces = normalise(augmented(data.validation.images, UNVARIED, np.random.default_rng(0), stage.side, stage.zoom))
    averaged = keras.callbacks.SwapEMAWeights()
    logits = model.predict(faces, batch_size=evaluate.BATCH, verbose=0, callbacks=[averaged])["labels"]
    seen = evaluate.metrics(logits, data.validation, split="validation", model="")
    return {
        "epoch": epoch + 1,
        "loss": round(float(loss), 5),
        "accuracy": round(float(accuracy), 5),
        "validation_loss": seen["nll"],
        "validation_accuracy": seen["accuracy"],
        "validation_accuracy_without_copies": (seen["without_copies"] or seen)["accuracy"],
        "side": stage.side,
        "seconds": round(time.monotonic() - started, 1),
    }


def _batches(examples: Examples, config: TrainingConfig, epoch: int) -> Iterator[Batch]:
    # Seeded per epoch, so that a resumed run sees what an uninterrupted one would have seen.
    rng = np.random.default_rng([config.seed, epoch])
    order = rng.permutation(len(examples.images))
    stage = stage_at(config, epoch)
    size = min(config.batch_size, len(order))
    for start in range(0, len(order) - size + 1, size):
        chosen = order[start : start + size]
        images = normalise(augmented(examples.images[chosen], config.augmentation, rng, stage.side, stage.zoom))
        parts = (images, examples.labels[chosen], examples.votes[chosen], examples.weights[chosen])
        images, labels, votes, weights = mixed(parts, config.mixup, rng)
        # The votes of a face on which nobody voted sum to 0, and so does their loss.
        yield images, {"labels": labels, "votes": votes}, {"labels": weights, "votes": np.ones_like(weights)}


def _store(
    name: str,
    model: keras.Model,
    network: keras.Model,
    data: TrainingData,
    config: TrainingConfig,
    models_dir: Path,
    progress: checkpoint.Progress,
) -> Path:
    # The run is over: the weights become their moving average for good.
    model.optimizer.finalize_variable_values(model.trainable_variables)
    stored = architectures.build(config.architecture)
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
    if data.transfer is not None:
        data_used["transfer_set"] = data.transfer.settings | {"views": len(data.transfer.views)}
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
