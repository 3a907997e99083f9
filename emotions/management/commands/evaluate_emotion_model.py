import json
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from emotions.management.training_command import TrainingCommand

if TYPE_CHECKING:
    from emotions.training.dataset import LabelledFaces

# A probe of all 3,589 faces takes five minutes.
FACES_TO_PROBE = 1200


class Command(TrainingCommand):
    help = "Measures a stored model on a split of FER-2013, calculated as it is served."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--data", type=Path, required=True, help="FER-2013: Kaggle's zip or folder, or fer2013.csv, packed or not"
        )
        parser.add_argument("--split", choices=["train", "validation", "test"], required=True)
        parser.add_argument("--model", default="", help="default: the one in models/default.txt")
        parser.add_argument("--models-dir", type=Path, help="default: models")
        parser.add_argument("--votes", type=Path, metavar="CSV", help="FER+'s votes: also measure agreement with them")
        parser.add_argument("--report", type=Path, metavar="FOLDER", help="also write a report with figures there")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        # TensorFlow takes seconds to import; other commands, and this one's --help, go without.
        from emotions.registry import MODELS_DIR, DamagedModel, UnknownModel, load_history, load_model  # noqa: PLC0415
        from emotions.training.dataset import DatasetError  # noqa: PLC0415
        from emotions.training.evaluate import evaluate_model  # noqa: PLC0415
        from emotions.training.evaluation_report import write_report  # noqa: PLC0415

        try:
            models_dir = options["models_dir"] or MODELS_DIR
            model = load_model(options["model"], models_dir)
            if options["report"]:
                history = load_history(options["model"], models_dir)
                figures = write_report(
                    model,
                    options["data"],
                    options["split"],
                    options["report"],
                    options["votes"],
                    history,
                    probe=lambda faces: _fairness(faces, options["model"], models_dir),
                )
            else:
                figures = evaluate_model(model, options["data"], options["split"], options["votes"])
        except (DatasetError, UnknownModel, DamagedModel, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(figures) if options["json"] else _table(figures))


def _fairness(faces: "LabelledFaces", model: str, models_dir: Path) -> str:
    """The report's section on other renderings of the same faces in frames."""
    from emotions.recognition import Recogniser  # noqa: PLC0415  # OpenCV, as above
    from emotions.synthetic import fairness  # noqa: PLC0415

    return fairness.section(fairness.probe(Recogniser(model, models_dir=models_dir), faces, FACES_TO_PROBE))


def _table(figures: dict[str, Any]) -> str:
    lines = [
        f"{figures['model']} on {figures['images']} images of the {figures['split']} split: "
        f"accuracy {figures['accuracy']:.4f}, macro F1 {figures['macro_f1']:.4f}, "
        f"negative log likelihood {figures['nll']:.4f}, calibration error {figures['ece']:.4f}"
    ]
    if alone := figures["without_copies"]:
        lines.append(
            f"{alone['images']} images without a copy in Training: "
            f"accuracy {alone['accuracy']:.4f}, macro F1 {alone['macro_f1']:.4f}"
        )
    if crowd := figures.get("crowd"):
        share = "no majority" if crowd["agreement"] is None else f"agrees on {crowd['agreement']:.4f}"
        lines.append(f"with the crowd's majority, where there is one ({crowd['images']} images): {share}")
    coverage = ", ".join(f"{float(share):.0%} {accuracy:.4f}" for share, accuracy in figures["coverage"].items())
    lines += [
        f"most certain faces: {coverage}; four groups: {figures['groups']['accuracy']:.4f}",
        "",
        f"{'':10}{'precision':>10}{'recall':>10}{'F1':>10}{'images':>10}   predicted as {' '.join(figures['labels'])}",
    ]
    for (name, row), counts in zip(figures["per_class"].items(), figures["confusion_matrix"], strict=True):
        shares = f"{row['precision']:10.3f}{row['recall']:10.3f}{row['f1']:10.3f}{row['support']:10d}"
        lines.append(f"{name:10}{shares}   {' '.join(f'{count:5d}' for count in counts)}")
    return "\n".join(lines)
