"""Trains a network on FER-2013 and stores it among the models. Runs on any Keras backend."""

import dataclasses
import datetime
import time
from pathlib import Path

import keras
import numpy as np

from emotions import registry
from emotions.labels import EXPRESSIONS
from emotions.preprocessing import FACE_SIDE, NORMALISATION, normalise
from emotions.training import architectures, checkpoint, evaluate, report
from emotions.training.augmentation import UNVARIED, augmented
from emotions.training.config import TrainingConfig, stage_at
from emotions.training.release import release
from emotions.training.student import Student
from emotions.training.training_data import Examples, ExampleSource, TrainingData

DATA = "FER-2013 (Goodfellow et al. 2013), Kaggle's msambare/fer2013 files: Training, chosen on PublicTest"
VOTES = "FER+'s votes on the same images (Barsoum et al. 2016)"
LICENCE = "Weights: trained on FER-2013, whose photographs were collected from the web for research; see README.md"


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
    student = Student(config, steps, models_dir)
    settings = dataclasses.asdict(config) | {"data": data.fingerprint()}
    progress = checkpoint.restore(work_dir, student.model, settings) if resume else checkpoint.Progress()
    if progress.history:
        report.write_history(work_dir, progress.history)
    last = min(config.epochs, stop_after or config.epochs)
    source = ExampleSource(data, config)
    with report.reporting("training", steps * (last - progress.epoch)) as listener:
        for epoch in range(progress.epoch, last):
            row = _run_epoch(student, source.examples(epoch), data, config, epoch, listener)
            progress = checkpoint.Progress((*progress.history, row))
            checkpoint.save(work_dir, student.model, settings, progress)
            report.write_history(work_dir, progress.history)
            listener.line(report.epoch_line(row))
    return _store(name, student, data, config, models_dir, progress) if last == config.epochs else None


def _run_epoch(
    student: Student,
    examples: Examples,
    data: TrainingData,
    config: TrainingConfig,
    epoch: int,
    listener: report.Report,
) -> report.Row:
    started = time.monotonic()
    figures: list[tuple[float, float]] = []  # loss and accuracy of each batch: train_on_batch keeps no running mean
    for images, targets, weights in examples.batches(config, epoch):
        batch = student.model.train_on_batch(images, targets, sample_weight=weights, return_dict=True)
        figures.append((batch["labels_loss"], batch["labels_accuracy"]))
        listener.step()
    loss, accuracy = np.mean(figures, axis=0)
    stage = stage_at(config, epoch)
    faces = normalise(augmented(data.validation.images, UNVARIED, np.random.default_rng(0), stage.side, stage.zoom))
    with student.averaged_weights():
        logits = student.network.predict(faces, batch_size=evaluate.BATCH, verbose=0)
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


def _store(
    name: str,
    student: Student,
    data: TrainingData,
    config: TrainingConfig,
    models_dir: Path,
    progress: checkpoint.Progress,
) -> Path:
    network = architectures.build(config.architecture)
    with student.averaged_weights():
        network.set_weights(student.network.get_weights())
    data_used = {
        "images": len(data.train),
        "near_duplicates_removed": data.removed,
        "votes": data.votes is not None,
        "transfer_set": data.transfer and data.transfer.settings | {"views": len(data.transfer.views)},
    }
    manifest = registry.Manifest(
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
    history = report.history_table(progress.history)
    return release(network, manifest, data.validation, models_dir, history=history)
