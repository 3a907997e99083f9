"""How good a network is on labelled faces: accuracy, per-class figures, confusion matrix and calibration."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from emotions.labels import EXPRESSIONS
from emotions.preprocessing import normalise, softmax
from emotions.registry import LoadedModel
from emotions.training.crowd import agreement, crowd_labels
from emotions.training.dataset import LabelledFaces, load_split

BATCH = 256
Network = Callable[[NDArray[np.float32]], NDArray[np.float32]]
CALIBRATION_BINS = 15


def evaluate_model(model: LoadedModel, source: Path, split: str, votes: Path | None = None) -> dict[str, Any]:
    """The metrics of a stored model on one split, calculated as it is served; with FER+'s votes also how often it
    agrees with the crowd. Raises DatasetError."""
    faces = load_split(source, split)
    return served_metrics(model, served_logits(model, faces), faces, split, votes)


def served_logits(model: LoadedModel, faces: LabelledFaces) -> NDArray[np.float32]:
    """Logits [n, 7] of the faces, the mirror image included where the manifest says so."""
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

    nll: mean negative log likelihood, nats. ece: expected calibration error, 0..1.
    """
    probabilities = softmax(logits, temperature)
    predicted = probabilities.argmax(axis=1)
    places = list(range(len(EXPRESSIONS)))
    by_class = precision_recall_fscore_support(faces.labels, predicted, labels=places, zero_division=0.0)
    return {
        "split": split,
        "model": model,
        "images": len(faces),
        "accuracy": round(float((predicted == faces.labels).mean()), 4),
        "macro_f1": round(float(by_class[2].mean()), 4),
        "nll": round(negative_log_likelihood(logits, faces.labels, temperature), 4),
        "ece": round(_calibration_error(probabilities, faces.labels), 4),
        "labels": list(EXPRESSIONS),
        "per_class": {name: _class_figures(by_class, place) for place, name in enumerate(EXPRESSIONS)},
        "confusion_matrix": confusion_matrix(faces.labels, predicted, labels=places).tolist(),
        "unreadable": list(faces.unreadable),
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
    """What to add to each logit, [7], so that the probabilities are most likely where each image weighs as the inverse
    frequency of its class to the power of balance: 0 fits the frequencies as they are, 1 counts each class the same
    (Menon et al. 2021)."""
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
    """Accuracy and macro F1 where the offsets for each image are fitted to the others alone: what fitted_offsets gives
    on images it has not seen."""
    fold_of = np.random.default_rng(0).permutation(len(labels)) % folds
    predicted = np.empty_like(labels)
    for fold in range(folds):
        held_out = fold_of == fold
        offsets = fitted_offsets(logits[~held_out], labels[~held_out], balance)
        predicted[held_out] = (logits[held_out] + offsets).argmax(axis=1)
    places = list(range(len(EXPRESSIONS)))
    f1 = precision_recall_fscore_support(labels, predicted, labels=places, zero_division=0.0)[2]
    return {"accuracy": round(float((predicted == labels).mean()), 4), "macro_f1": round(float(f1.mean()), 4)}


def negative_log_likelihood(logits: NDArray[np.float32], labels: NDArray[np.int64], temperature: float = 1.0) -> float:
    """Mean over the images, in nats."""
    probabilities = softmax(logits, temperature)
    return float(-np.log(np.maximum(probabilities[np.arange(len(labels)), labels], 1e-9)).mean())


def _class_figures(by_class: Any, place: int) -> dict[str, float | int]:
    precision, recall, f1, support = (column[place] for column in by_class)
    return {
        "precision": round(float(precision), 4),
        "recall": round(float(recall), 4),
        "f1": round(float(f1), 4),
        "support": int(support),
    }


def _calibration_error(probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gaps = [
        abs(float(confidence[bins == place].mean() - correct[bins == place].mean())) * float((bins == place).mean())
        for place in np.unique(bins)
    ]
    return sum(gaps)
