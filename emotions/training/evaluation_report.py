"""The evaluation of a stored model as a readable folder: a Markdown page, and charts without any face."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emotions.preprocessing import FACE_SIDE, softmax
from emotions.quality import doubt, measure
from emotions.registry import LoadedModel
from emotions.training.charts import CURVES_FILE, draw_classes, draw_confusion, draw_curves, draw_reliability
from emotions.training.copies import load_evaluation_split
from emotions.training.dataset import LabelledFaces
from emotions.training.evaluate import (
    ANSWERED_ACCURACY,
    ANSWERED_SHARE,
    metrics,
    served_logits,
    served_metrics,
)
from emotions.training.report import read_history
from emotions.training.robustness import DISTURBANCES

Logits = NDArray[np.float32]
Metrics = dict[str, Any]
PAGE = "README.md"


@dataclass(frozen=True)
class Step:
    """Metrics of the faces after one step of a disturbance."""

    name: str
    severity: str
    figures: Metrics
    certain: float  # share of the faces that serving would not call uncertain
    certain_accuracy: float  # accuracy on that share


def write_report(
    model: LoadedModel,
    source: Path,
    split: str,
    folder: Path,
    votes: Path | None = None,
    history: str = "",
    probe: Callable[[LabelledFaces], str] | None = None,
) -> Metrics:
    """Evaluate on the split, undisturbed and disturbed, and write the folder. Returns the undisturbed metrics.

    history: the model's training, from registry.load_history, for the learning curves. probe: writes a further section
    from the faces. Raises DatasetError, OSError.
    """
    faces = load_evaluation_split(source, split)
    folder.mkdir(parents=True, exist_ok=True)  # fail before the minutes that the rest takes
    logits = served_logits(model, faces)
    clean = served_metrics(model, logits, faces, split, votes)
    uncalibrated = metrics(logits, faces, split=split, model=clean["model"])
    draw_confusion(folder / "confusion.png", np.array(clean["confusion_matrix"]))
    draw_classes(folder / "classes.png", clean)
    draw_reliability(folder / "reliability.png", softmax(logits, model.manifest.temperature), faces.labels)
    if history:
        draw_curves(folder / CURVES_FILE, read_history(history))
    steps = [_step("none", "", model, faces, logits)]
    for disturbance in DISTURBANCES:
        for severity in disturbance.severities:
            worse = replace(faces, images=disturbance.apply(faces.images, severity))
            label = f"{severity:g} {disturbance.unit}"
            steps.append(_step(disturbance.name, label, model, worse, served_logits(model, worse)))
    further = probe(faces) if probe else ""
    page = _page(clean, uncalibrated, model.manifest.temperature, steps, further, has_curves=bool(history))
    (folder / PAGE).write_text(page)
    return clean


def _step(name: str, severity: str, model: LoadedModel, faces: LabelledFaces, logits: Logits) -> Step:
    figures = served_metrics(model, logits, faces, "")
    probabilities = softmax(logits, model.manifest.temperature)
    box = (0, 0, FACE_SIDE, FACE_SIDE)  # a face fills its crop; none is too small
    certain = np.array(
        [
            doubt(measure(image, box), row, model.manifest.uncertain_below) is None
            for image, row in zip(faces.images, probabilities.tolist(), strict=True)
        ]
    )
    correct = probabilities.argmax(axis=1) == faces.labels
    return Step(
        name, severity, figures, float(certain.mean()), float(correct[certain].mean()) if certain.any() else 0.0
    )


def _page(
    clean: Metrics, uncalibrated: Metrics, temperature: float, steps: list[Step], further: str, *, has_curves: bool
) -> str:
    split = {"train": "Training", "validation": "PublicTest", "test": "PrivateTest"}[clean["split"]]
    calibration = (("as trained", uncalibrated), (f"as served, temperature {temperature:g}", clean))
    lines = [
        f"# Evaluation of {clean['model']}",
        "",
        f"On the {clean['images']} images of FER-2013's {split} split, calculated as served. Written by",
        f"`manage.py evaluate_emotion_model --split {clean['split']} --report FOLDER`.",
        "",
        *_headline(clean),
        *_table(
            ("", "precision", "recall", "F1", "faces"),
            [
                (name, f"{row['precision']:.3f}", f"{row['recall']:.3f}", f"{row['f1']:.3f}", row["support"])
                for name, row in clean["per_class"].items()
            ],
        ),
        "![Confusion matrix](confusion.png)",
        "![Precision, recall and F1 of each expression](classes.png)",
        "",
        *_without_doubtful_faces(clean),
        "## Calibration",
        "",
        *_table(
            ("", "negative log likelihood", "expected calibration error"),
            [(name, f"{figures['nll']:.4f}", f"{figures['ece']:.4f}") for name, figures in calibration],
        ),
        "![Reliability diagram](reliability.png)",
        "",
        *_worse_pictures(steps),
        *([further] if further else []),
        *(["## Training", "", f"![Loss and accuracy of each epoch]({CURVES_FILE})", ""] if has_curves else []),
    ]
    return "\n".join(lines)


def _without_doubtful_faces(clean: Metrics) -> list[str]:
    recalls = ", ".join(f"{name} {recall:.3f}" for name, recall in clean["groups"]["recall"].items())
    return [
        "## Doubtful faces left out",
        "",
        "Accuracy on the share of the faces with the highest top probabilities:",
        "",
        *_table(
            ("share", "accuracy"),
            [(f"{float(share):.0%}", f"{accuracy:.3f}") for share, accuracy in clean["coverage"].items()],
        ),
        *_answered(clean["answered"]),
        "With only happy, neutral, negative and surprise told apart,",
        f"accuracy is **{clean['groups']['accuracy']:.4f}** (recall: {recalls}).",
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


def _answered(figures: Metrics) -> list[str]:
    """The sentences on the threshold of `uncertain`."""
    wanted = f"A teacher wants {ANSWERED_SHARE:.0%} of clear faces answered, {ANSWERED_ACCURACY:.0%} of those right."
    if not figures["share"]:
        return [wanted, "This network reaches that accuracy on no share of them.", ""]
    reached = "reaches both" if figures["enough"] else "falls short"
    return [
        wanted,
        f"This network {reached}: {figures['accuracy']:.0%} right on the most certain {figures['share']:.1%} of "
        f"{figures['clear']} clear faces, those of a top probability of at least {figures['uncertain_below']:.3f}.",
        "",
    ]


def _worse_pictures(steps: list[Step]) -> list[str]:
    """The section on the sweep; the first step is the undisturbed one."""
    heading = ("disturbance", "severity", "accuracy", "change", "without copies", "macro F1", "certain", "of those")
    rows = []
    for step in steps:
        accuracy, alone = step.figures["accuracy"], step.figures["without_copies"]
        rows.append(
            (
                step.name,
                step.severity,
                f"{accuracy:.3f}",
                f"{accuracy - steps[0].figures['accuracy']:+.3f}",
                f"{alone['accuracy']:.3f}" if alone else "",
                f"{step.figures['macro_f1']:.3f}",
                f"{step.certain:.2f}",
                f"{step.certain_accuracy:.3f}",
            )
        )
    return [
        "## Worse pictures",
        "",
        "The same faces, made worse by fixed steps. Faces a detector would no longer find are not counted here.",
        "Certain is the share that is not answered `uncertain` (too dark, too bright, too blurred, or no",
        "expression stands out); the last column is the accuracy on that share.",
        "",
        *_table(heading, rows),
    ]


def _table(heading: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    cells = [heading, ["---"] * len(heading), *rows]
    return [*(f"| {' | '.join(str(cell) for cell in row)} |" for row in cells), ""]
