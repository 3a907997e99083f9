from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from emotions.management.options import model_name, share
from emotions.management.training_command import TrainingCommand


class Command(TrainingCommand):
    help = (
        "Makes one network of several stored ones, calibrates and measures it. It answers with the mean of their "
        "answers; or, with --average, has the mean of the weights of networks that continued from the same ones."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("models", nargs="+", metavar="MODEL", help="the stored models")
        way = parser.add_mutually_exclusive_group()
        way.add_argument(
            "--mirrored", nargs="+", default=[], metavar="MODEL", help="those that also read the mirror image"
        )
        way.add_argument("--average", action="store_true", help="the mean of their weights")
        parser.add_argument("--name", type=model_name, required=True, help="name of the new model")
        parser.add_argument(
            "--data", type=Path, required=True, help="FER-2013: Kaggle's zip or folder, or fer2013.csv, packed or not"
        )
        parser.add_argument("--balance", type=share, help="fit the last layer's biases: 0 to frequencies, 1 to classes")
        parser.add_argument("--from-dir", type=Path, help="where the models are; default: models")
        parser.add_argument("--models-dir", type=Path, help="where the new one goes; default: models")

    def handle(self, *args: Any, **options: Any) -> None:
        # TensorFlow takes seconds to import; other commands, and this one's --help, go without.
        from emotions import registry  # noqa: PLC0415
        from emotions.training.config import WrongSettings  # noqa: PLC0415
        from emotions.training.copies import load_evaluation_split  # noqa: PLC0415
        from emotions.training.dataset import DatasetError  # noqa: PLC0415
        from emotions.training.joining import average_models, join_models  # noqa: PLC0415
        from emotions.training.training_data import load_data  # noqa: PLC0415

        if len(options["models"]) < 2:
            raise CommandError("Name at least two models to join.")
        models_dir = options["models_dir"] or registry.MODELS_DIR
        places = (models_dir, options["from_dir"] or models_dir)
        made_of = (options["name"], options["models"])
        try:
            if options["average"]:
                data = load_data(options["data"])
                folder = average_models(*made_of, data.train, data.validation, *places, options["balance"])
            else:
                validation = load_evaluation_split(options["data"], "validation")
                folder = join_models(*made_of, validation, *places, options["balance"], options["mirrored"])
        except (DatasetError, WrongSettings, registry.UnknownModel, registry.DamagedModel, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{folder}")
