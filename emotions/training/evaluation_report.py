"""The evaluation of a stored model as a folder a person can read: a Markdown page, and figures without any face."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from emotions.labels import EXPRESSIONS
from emotions.preprocessing import FACE_SIDE, softmax
from emotions.quality import doubt, measure
from emotions.registry import LoadedModel
from emotions.training.copies import load_evaluation_split
from emotions.training.dataset import LabelledFaces
from emotions.training.evaluate import metrics, served_logits, served_metrics
from emotions.training.report import CURVES_FILE, draw_curves, read_history
from emotions.training.robustness import DISTURBANCES

Logits = NDArray[np.float32]
Metrics = dict[str, Any]
PAGE = "README.md"
DPI = 100


@dataclass(frozen=True)
class Step:
    """What a step of a disturbance leaves: metrics of all faces, and how many of them serving would not call uncertain
    and how many of those are read as labelled, 0..1."""

    name: str
    severity: str
    figures: Metrics
    certain: float
    certain_accuracy: float


def write_report(
    model: LoadedModel, source: Path, split: str, folder: Path, votes: Path | None = None, history: str = ""
) -> Metrics:
    """Evaluate on the split, undisturbed and disturbed, and write the folder. Returns the undisturbed metrics.

    history: of its training, as registry.load_history gives it, for the learning curves. Raises DatasetError, OSError.
    """
    faces = load_evaluation_split(source, split)
    folder.mkdir(parents=True, exist_ok=True)  # before the minutes that the rest takes
    logits = served_logits(model, faces)
    clean = served_metrics(model, logits, faces, split, votes)
    uncalibrated = metrics(logits, faces, split=split, model=clean["model"])
    _draw_confusion(folder / "confusion.png", np.array(clean["confusion_matrix"]))
    _draw_classes(folder / "classes.png", clean)
    _draw_reliability(folder / "reliability.png", softmax(logits, model.manifest.temperature), faces.labels)
    if history:
        draw_curves(folder / CURVES_FILE, read_history(history))
    steps = [_step("none", "", model, faces, logits), *_sweep(model, faces)]
    page = _page(clean, uncalibrated, model.manifest.temperature, steps, has_curves=bool(history))
    (folder / PAGE).write_text(page)
    return clean


def _sweep(model: LoadedModel, faces: LabelledFaces) -> Iterator[Step]:
    for disturbance in DISTURBANCES:
        for severity in disturbance.severities:
            worse = replace(faces, images=disturbance.apply(faces.images, severity))
            yield _step(disturbance.name, f"{severity:g} {disturbance.unit}", model, worse, served_logits(model, worse))


def _step(name: str, severity: str, model: LoadedModel, faces: LabelledFaces, logits: Logits) -> Step:
    figures = served_metrics(model, logits, faces, "")
    probabilities = softmax(logits, model.manifest.temperature)
    box = (0, 0, FACE_SIDE, FACE_SIDE)  # as it fills the crop; none is too small
    certain = np.array(
        [
            doubt(measure(image, box), row) is None
            for image, row in zip(faces.images, probabilities.tolist(), strict=True)
        ]
    )
    correct = probabilities.argmax(axis=1) == faces.labels
    return Step(
        name, severity, figures, float(certain.mean()), float(correct[certain].mean()) if certain.any() else 0.0
    )


def _draw_confusion(path: Path, counts: NDArray[np.int64]) -> None:
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(6, 5), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    places = range(len(EXPRESSIONS))
    axes.set_xticks(places, EXPRESSIONS, rotation=45, ha="right")
    axes.set_yticks(places, EXPRESSIONS)
    axes.set(xlabel="read as", ylabel="labelled")
    for row in places:
        for column in places:
            ink = "white" if shares[row, column] > 0.5 else "black"
            axes.text(column, row, f"{shares[row, column]:.2f}", ha="center", va="center", color=ink, fontsize=8)
    figure.savefig(path, dpi=DPI)


def _draw_classes(path: Path, figures: Metrics) -> None:
    figure = Figure(figsize=(7, 3.5), layout="constrained")
    axes = figure.add_subplot()
    places = np.arange(len(EXPRESSIONS))
    for offset, score in enumerate(("precision", "recall", "f1")):
        heights = [figures["per_class"][name][score] for name in EXPRESSIONS]
        axes.bar(places + (offset - 1) * 0.27, heights, width=0.25, label="F1" if score == "f1" else score)
    axes.set_xticks(places, [f"{name}\n{figures['per_class'][name]['support']}" for name in EXPRESSIONS])
    axes.set(ylim=(0, 1), xlabel="expression, and how many faces are labelled so")
    axes.legend(ncols=3, loc="upper right")
    figure.savefig(path, dpi=DPI)


def _draw_reliability(path: Path, probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> None:
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * 10).astype(int), 9)
    filled = [place for place in range(10) if (bins == place).any()]
    figure = Figure(figsize=(4.5, 4.5), layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], linestyle=":", color="grey", label="ideal")
    means = [float(confidence[bins == place].mean()) for place in filled]
    axes.plot(means, [float(correct[bins == place].mean()) for place in filled], marker="o", label="as served")
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="probability the network gives", ylabel="share that is right")
    axes.legend()
    figure.savefig(path, dpi=DPI)


def _page(clean: Metrics, uncalibrated: Metrics, temperature: float, steps: list[Step], *, has_curves: bool) -> str:
    split = {"train": "Training", "validation": "PublicTest", "test": "PrivateTest"}[clean["split"]]
    per_class = [
        f"| {name} | {row['precision']:.3f} | {row['recall']:.3f} | {row['f1']:.3f} | {row['support']} |"
        for name, row in clean["per_class"].items()
    ]
    lines = [
        f"# Evaluation of {clean['model']}",
        "",
        f"On the {clean['images']} images of FER-2013's {split} split, calculated as served. Written by",
        f"`manage.py evaluate_emotion_model --split {clean['split']} --report FOLDER`.",
        "",
        *_headline(clean),
        "| | precision | recall | F1 | faces |",
        "| --- | --- | --- | --- | --- |",
        *per_class,
        "",
        "![Confusion matrix](confusion.png)",
        "![Precision, recall and F1 of each expression](classes.png)",
        "",
        *_coverage(clean),
        "## Calibration",
        "",
        "| | negative log likelihood | expected calibration error |",
        "| --- | --- | --- |",
        f"| as trained | {uncalibrated['nll']:.4f} | {uncalibrated['ece']:.4f} |",
        f"| as served, temperature {temperature:g} | {clean['nll']:.4f} | {clean['ece']:.4f} |",
        "",
        "![Reliability diagram](reliability.png)",
        "",
        *_worse_pictures(steps),
        *(["## Training", "", f"![Loss and accuracy of each epoch]({CURVES_FILE})", ""] if has_curves else []),
    ]
    return "\n".join(lines)


def _worse_pictures(steps: list[Step]) -> list[str]:
    """The section on the sweep; the first step is the undisturbed one."""
    clean = steps[0].figures["accuracy"]
    rows = [
        f"| {step.name} | {step.severity} | {step.figures['accuracy']:.3f} | "
        f"{step.figures['accuracy'] - clean:+.3f} | {_without_copies(step.figures)} | {step.figures['macro_f1']:.3f} | "
        f"{step.certain:.2f} | {step.certain_accuracy:.3f} |"
        for step in steps
    ]
    return [
        "## Worse pictures",
        "",
        "The same faces, made worse by fixed steps. Faces a detector would no longer find are not counted here.",
        "Certain is the share that is not answered `uncertain` (too dark, too blurred, or no expression stands out);",
        "the last column is the accuracy on that share.",
        "",
        "| disturbance | severity | accuracy | change | without copies | macro F1 | certain | accuracy of those |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        *rows,
        "",
    ]


def _headline(clean: Metrics) -> list[str]:
    lines = [f"Accuracy **{clean['accuracy']:.4f}**, macro F1 **{clean['macro_f1']:.4f}**."]
    alone, crowd = clean["without_copies"], clean.get("crowd", {})
    if alone:
        lines.append(
            f"On the {alone['images']} images without a copy in Training: accuracy **{alone['accuracy']:.4f}**, "
            f"macro F1 **{alone['macro_f1']:.4f}**."
        )
    if crowd.get("agreement") is not None:
        lines.append(
            f"The network agrees with FER+'s majority on **{crowd['agreement']:.4f}** of the {crowd['images']} images "
            "that have one."
        )
    return [*lines, ""]


def _coverage(clean: Metrics) -> list[str]:
    """The section on what a teacher notices: the accuracy when doubtful faces go unanswered, and of coarse groups."""
    recalls = ", ".join(f"{name} {recall:.3f}" for name, recall in clean["groups"]["recall"].items())
    return [
        "## What a teacher notices",
        "",
        "Accuracy on the faces whose highest probability is among the top share:",
        "",
        "| share answered | accuracy |",
        "| --- | --- |",
        *(f"| {float(share):.0%} | {accuracy:.3f} |" for share, accuracy in clean["coverage"].items()),
        "",
        f"With only happy, neutral, negative and surprise told apart, accuracy is **{clean['groups']['accuracy']:.4f}**",
        f"(recall: {recalls}).",
        "",
    ]


def _without_copies(figures: Metrics) -> str:
    alone = figures["without_copies"]
    return f"{alone['accuracy']:.3f}" if alone else "–"
