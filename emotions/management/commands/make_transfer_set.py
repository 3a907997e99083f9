from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from emotions.management.options import add_augmentation_options, augmentation, not_negative, positive, share
from emotions.management.training_command import TrainingCommand


class Command(TrainingCommand):
    help = (
        "Stores augmented views of FER-2013's training faces with the answers of teachers, for train_emotion_model "
        "--transfer-set. If stopped, it continues where it was; if run with more views or teachers, it adds them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--data", type=Path, required=True, help="FER-2013: Kaggle's zip or folder, or fer2013.csv, packed or not"
        )
        parser.add_argument(
            "--teachers",
            nargs="+",
            required=True,
            metavar="TEACHER",
            help="names of stored models, or paths of ONNX files (grey levels 0 to 1, classes in fer2013.csv's order)",
        )
        parser.add_argument("--views", type=positive(int), default=8, help="of each face; default: 8")
        parser.add_argument(
            "--unsure-below",
            type=share,
            default=1.0,
            help="ask the teachers after the first only where its top probability is below this; default: 1, always",
        )
        parser.add_argument("--seed", type=not_negative(int), default=0)
        parser.add_argument("--limit", type=positive(int), help="use this many faces, drawn at random")
        add_augmentation_options(parser)
        parser.add_argument("--folder", type=Path, help="where the set is; default: var/transfer")
        parser.add_argument("--models-dir", type=Path, help="where the stored models are; default: models")

    def handle(self, *args: Any, **options: Any) -> None:
        # Keras takes seconds to import; other commands, and this one's --help, go without.
        from emotions.registry import MODELS_DIR, DamagedModel, UnknownModel  # noqa: PLC0415
        from emotions.training import report, teachers, transfer  # noqa: PLC0415
        from emotions.training.config import WrongSettings  # noqa: PLC0415
        from emotions.training.dataset import DatasetError  # noqa: PLC0415
        from emotions.training.training_data import load_data  # noqa: PLC0415

        folder = options["folder"] or Path(settings.BASE_DIR) / "var" / "transfer"
        try:
            asked = [teachers.load(name, options["models_dir"] or MODELS_DIR) for name in options["teachers"]]
            faces = load_data(options["data"], limit=options["limit"]).train
            for teacher in asked:
                teachers.check(teacher, faces)
            with report.reporting("asking the teachers", options["views"] * len(asked) * len(faces)) as listener:
                transfer.extend(
                    folder,
                    faces,
                    asked,
                    views=options["views"],
                    augmentation=augmentation(options),
                    seed=options["seed"],
                    unsure_below=options["unsure_below"],
                    listener=listener,
                )
        except (DatasetError, UnknownModel, DamagedModel, WrongSettings, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{folder}")
