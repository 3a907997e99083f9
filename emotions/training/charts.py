"""Charts of a training run and of an evaluation, without any face."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from emotions.labels import EXPRESSIONS

CURVES_FILE = "curves.png"
DPI = 100


def draw_curves(path: Path, history: Sequence[dict[str, float]]) -> None:
    """Loss and accuracy of each epoch."""
    figure = Figure(figsize=(9, 4), layout="constrained")
    epochs = [row["epoch"] for row in history]
    for index, measure in enumerate(("loss", "accuracy")):
        axes = figure.add_subplot(1, 2, index + 1)
        axes.plot(epochs, [row[measure] for row in history], label="training, augmented")
        axes.plot(
            epochs,
            [row[f"validation_{measure}"] for row in history],
            label="validation, averaged weights, faces as in training",
        )
        axes.set(xlabel="epoch", ylabel=measure)
        axes.legend()
    figure.savefig(path, dpi=110)


def draw_confusion(path: Path, counts: NDArray[np.int64]) -> None:
    """Confusion matrix [7, 7], each row as shares of the faces with that label."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(6, 5), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    positions = range(len(EXPRESSIONS))
    axes.set_xticks(positions, EXPRESSIONS, rotation=45, ha="right")
    axes.set_yticks(positions, EXPRESSIONS)
    axes.set(xlabel="read as", ylabel="labelled")
    for row in positions:
        for column in positions:
            ink = "white" if shares[row, column] > 0.5 else "black"
            axes.text(column, row, f"{shares[row, column]:.2f}", ha="center", va="center", color=ink, fontsize=8)
    figure.savefig(path, dpi=DPI)


def draw_classes(path: Path, figures: dict[str, Any]) -> None:
    """Precision, recall and F1 of each expression, from evaluate.metrics."""
    figure = Figure(figsize=(7, 3.5), layout="constrained")
    axes = figure.add_subplot()
    positions = np.arange(len(EXPRESSIONS))
    for offset, score in enumerate(("precision", "recall", "f1")):
        heights = [figures["per_class"][name][score] for name in EXPRESSIONS]
        axes.bar(positions + (offset - 1) * 0.27, heights, width=0.25, label="F1" if score == "f1" else score)
    axes.set_xticks(positions, [f"{name}\n{figures['per_class'][name]['support']}" for name in EXPRESSIONS])
    axes.set(ylim=(0, 1), xlabel="expression, and how many faces are labelled so")
    axes.legend(ncols=3, loc="upper right")
    figure.savefig(path, dpi=DPI)


def draw_reliability(path: Path, probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> None:
    """Accuracy against the highest probability, in ten bins."""
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * 10).astype(int), 9)
    filled = [each for each in range(10) if (bins == each).any()]
    figure = Figure(figsize=(4.5, 4.5), layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], linestyle=":", color="grey", label="ideal")
    means = [float(confidence[bins == each].mean()) for each in filled]
    axes.plot(means, [float(correct[bins == each].mean()) for each in filled], marker="o", label="as served")
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="probability the network gives", ylabel="share that is right")
    axes.legend()
    figure.savefig(path, dpi=DPI)
