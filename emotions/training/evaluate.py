"""Metrics of a network on labelled faces: accuracy, per-class figures, confusion matrix and calibration."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from emotions.labels import EXPRESSIONS
from emotions.preprocessing import FACE_SIDE, normalise, softmax
from emotions.quality import doubt, measure
from emotions.registry import LoadedModel
from emotions.training.copies import load_evaluation_split
from emotions.training.crowd import agreement, crowd_labels
from emotions.training.dataset import LabelledFaces

BATCH = 256
Network = Callable[[NDArray[np.float32]], NDArray[np.float32]]
CALIBRATION_BINS = 15
COVERAGES = (1.0, 0.9, 0.8, 0.7)
# A teacher wants answers for this share of the clear faces, and this share of those answers to be right.
ANSWERED_SHARE = 0.8
ANSWERED_ACCURACY = 0.8
# The distinctions that a class's teacher acts on: neutral is neither good nor bad, surprise may be either.
GROUPS = {
    "happy": ("happy",),
    "neutral": ("neutral",),
    "negative": ("angry", "disgust", "fear", "sad"),
    "surprise": ("surprise",),
}


def evaluate_model(model: LoadedModel, source: Path, split: str, votes: Path | None = None) -> dict[str, Any]:
    """The metrics of a stored model on one split, calculated as it is served; with FER+'s votes, also its agreement
    with the crowd. Raises DatasetError."""
    faces = load_evaluation_split(source, split)
    return served_metrics(model, served_logits(model, faces), faces, split, votes)


def served_logits(model: LoadedModel, faces: LabelledFaces) -> NDArray[np.float32]:
    """Logits [n, 7] of the faces, including the mirror image if the manifest says so."""
    return face_logits(model.logits, faces.images)


def served_metrics(
    model: LoadedModel, logits: NDArray[np.float32], faces: LabelledFaces, split: str, votes: Path | None = None
) -> dict[str, Any]:
    """The metrics of these logits at the model's temperature. Raises DatasetError for votes that cannot be read."""
    figures = metrics(logits, faces, split=split, model=model.manifest.name, temperature=model.manifest.temperature)
    if votes:
        figures["crowd"] = agreement(logits.argmax(axis=1), crowd_labels(votes, faces.names))
    return figures


def face_logits(network: Network, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Logits [n, 7] of images [n, 48, 48] uint8; network: normalised faces [n, 48, 48, 1] → logits."""
    batches = [images[start : start + BATCH] for start in range(0, len(images), BATCH)]
    return np.concatenate([np.asarray(network(normalise(batch)), dtype=np.float32) for batch in batches])


def metrics(
    logits: NDArray[np.float32], faces: LabelledFaces, *, split: str, model: str, temperature: float = 1.0
) -> dict[str, Any]:
    """A JSON-ready account of predictions. confusion_matrix: rows are true labels, columns predicted ones.

    nll: mean negative log likelihood, nats. ece: expected calibration error, 0..1. without_copies: figures of the
    images without a copy in Training; None if copies were not looked up. coverage: accuracy on the given share of the
    images with the highest top probabilities. answered: from answered_by_certainty. groups: accuracy and recall when
    only GROUPS are told apart.
    """
    probabilities = softmax(logits, temperature)
    predicted = probabilities.argmax(axis=1)
    classes = list(range(len(EXPRESSIONS)))
    by_class = precision_recall_fscore_support(faces.labels, predicted, labels=classes, zero_division=0.0)
    correct = predicted == faces.labels
    most_certain = correct[np.argsort(-probabilities.max(axis=1), kind="stable")]
    return {
        "split": split,
        "model": model,
        "images": len(faces),
        "accuracy": round(float(correct.mean()), 4),
        "macro_f1": round(float(by_class[2].mean()), 4),
        "without_copies": None if faces.copied is None else _accuracy_and_f1(predicted, faces.labels, ~faces.copied),
        "coverage": {
            str(share): round(float(most_certain[: max(1, round(share * len(faces)))].mean()), 4) for share in COVERAGES
        },
        "answered": answered_by_certainty(probabilities, faces),
        "groups": _group_figures(predicted, faces.labels),
        "nll": round(negative_log_likelihood(logits, faces.labels, temperature), 4),
        "ece": round(expected_calibration_error(probabilities, faces.labels), 4),
        "labels": list(EXPRESSIONS),
        "per_class": {
            name: {
                "precision": round(float(precision), 4),
                "recall": round(float(recall), 4),
                "f1": round(float(f1), 4),
                "support": int(support),
            }
            for name, precision, recall, f1, support in zip(EXPRESSIONS, *by_class, strict=True)
        },
        "confusion_matrix": confusion_matrix(faces.labels, predicted, labels=classes).tolist(),
        "unreadable": list(faces.unreadable),
    }


def answered_by_certainty(probabilities: NDArray[np.float32], faces: LabelledFaces) -> dict[str, Any]:
    """The most clear faces that can be answered, most certain first, with ANSWERED_ACCURACY of the answers right.

    clear: images that are neither too dark or bright nor too blurred. share and accuracy: of the answers.
    uncertain_below: the least top probability among them, None without any. enough: whether the share reaches
    ANSWERED_SHARE.
    """
    whole = (0, 0, FACE_SIDE, FACE_SIDE)  # a face fills its crop; none is too small
    clear = np.array([doubt(measure(image, whole), (1.0,)) is None for image in faces.images], dtype=bool)
    certainty = probabilities[clear].max(axis=1)
    order = np.argsort(-certainty, kind="stable")
    correct = (probabilities[clear].argmax(axis=1) == faces.labels[clear])[order]
    accuracy = np.cumsum(correct) / np.arange(1, len(correct) + 1)
    good = np.flatnonzero(accuracy >= ANSWERED_ACCURACY)
    answers = int(good[-1]) + 1 if len(good) else 0
    share = answers / max(len(correct), 1)
    return {
        "clear": len(correct),
        "share": round(share, 4),
        "accuracy": round(float(accuracy[answers - 1]), 4) if answers else None,
        # Rounded down, so that the last answer still counts.
        "uncertain_below": math.floor(certainty[order[answers - 1]] * 1e4) / 1e4 if answers else None,
        "enough": share >= ANSWERED_SHARE,
    }


def fitted_temperature(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The temperature, .25 to 4, that makes the probabilities most likely (Guo et al. 2017)."""
    found = minimize_scalar(
        lambda log: negative_log_likelihood(logits, labels, float(np.exp(log))),
        bounds=(float(np.log(0.25)), float(np.log(4.0))),
        method="bounded",
    )
    return round(float(np.exp(found.x)), 4)


def fitted_offsets(logits: NDArray[np.float32], labels: NDArray[np.int64], balance: float) -> NDArray[np.float32]:
    """Offsets to add to the logits, [7], that make the labels most likely when each image's weight is its class's
    inverse frequency to the power of balance: 0 fits the frequencies as they are, 1 counts each class equally (Menon et
    al. 2021)."""
    counts = np.maximum(np.bincount(labels, minlength=len(EXPRESSIONS)), 1)
    weights = (counts.mean() / counts[labels]) ** balance
    rows = np.arange(len(labels))

    def loss(parameters: NDArray[np.float64]) -> float:
        scaled = logits * np.exp(parameters[0]) + np.append(parameters[1:], 0.0)
        highest = scaled.max(axis=1)
        likelihood = scaled[rows, labels] - highest - np.log(np.exp(scaled - highest[:, np.newaxis]).sum(axis=1))
        return float(-np.average(likelihood, weights=weights))

    found = minimize(loss, np.zeros(len(EXPRESSIONS))).x
    # Back from the scaled logits, where the offsets were fitted, to the network's own.
    return np.asarray(np.append(found[1:], 0.0) / np.exp(found[0]), dtype=np.float32)


def balanced_held_out(
    logits: NDArray[np.float32], labels: NDArray[np.int64], balance: float, folds: int = 5
) -> dict[str, float]:
    """Accuracy and macro F1 of fitted_offsets on unseen images, by cross-validation."""
    fold_of = np.random.default_rng(0).permutation(len(labels)) % folds
    predicted = np.empty_like(labels)
    for fold in range(folds):
        held_out = fold_of == fold
        offsets = fitted_offsets(logits[~held_out], labels[~held_out], balance)
        predicted[held_out] = (logits[held_out] + offsets).argmax(axis=1)
    figures = _accuracy_and_f1(predicted, labels, np.ones(len(labels), dtype=bool))
    return {name: figures[name] for name in ("accuracy", "macro_f1")}


def negative_log_likelihood(logits: NDArray[np.float32], labels: NDArray[np.int64], temperature: float = 1.0) -> float:
    """Mean over the images, in nats."""
    probabilities = softmax(logits, temperature)
    return float(-np.log(np.maximum(probabilities[np.arange(len(labels)), labels], 1e-9)).mean())


def _accuracy_and_f1(
    predicted: NDArray[np.int64], labels: NDArray[np.int64], chosen: NDArray[np.bool_]
) -> dict[str, float]:
    predicted, labels = predicted[chosen], labels[chosen]
    classes = list(range(len(EXPRESSIONS)))
    f1 = precision_recall_fscore_support(labels, predicted, labels=classes, zero_division=0.0)[2]
    return {
        "images": len(labels),
        "accuracy": round(float((predicted == labels).mean()), 4) if len(labels) else 0.0,
        "macro_f1": round(float(f1.mean()), 4),
    }


def _group_figures(predicted: NDArray[np.int64], labels: NDArray[np.int64]) -> dict[str, Any]:
    names = list(GROUPS)
    group_of = np.array([next(i for i, group in enumerate(names) if name in GROUPS[group]) for name in EXPRESSIONS])
    wanted, correct = group_of[labels], group_of[predicted] == group_of[labels]
    recalls = {
        name: round(float(correct[wanted == index].mean()), 4) if (wanted == index).any() else 0.0
        for index, name in enumerate(names)
    }
    return {"accuracy": round(float(correct.mean()), 4), "recall": recalls}


def expected_calibration_error(probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The mean gap between confidence and accuracy, over bins of the highest probability (Guo et al. 2017)."""
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gaps = [
        abs(float(confidence[bins == each].mean() - correct[bins == each].mean())) * float((bins == each).mean())
        for each in np.unique(bins)
    ]
    return sum(gaps)
