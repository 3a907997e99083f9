from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from emotions.management.options import model_name, share


class Command(BaseCommand):
    help = "Joins stored networks into one that answers with the mean of their answers, calibrates and measures it."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("models", nargs="+", metavar="MODEL", help="the stored models to join")
        parser.add_argument("--name", type=model_name, required=True, help="name of the joined model")
        parser.add_argument("--data", type=Path, required=True, help="FER-2013: Kaggle's zip or folder, or fer2013.csv")
        parser.add_argument("--balance", type=share, help="fit the last layer's biases: 0 to frequencies, 1 to classes")
        parser.add_argument("--from-dir", type=Path, help="where the models are; default: models")
        parser.add_argument("--models-dir", type=Path, help="where the joined one goes; default: models")

    def handle(self, *args: Any, **options: Any) -> None:
        # TensorFlow takes seconds to import; other commands, and this one's --help, go without.
        from emotions import registry  # noqa: PLC0415
        from emotions.training.dataset import DatasetError, load_split  # noqa: PLC0415
        from emotions.training.joining import join_models  # noqa: PLC0415

        if len(options["models"]) < 2:
            raise CommandError("Name at least two models to join.")
        models_dir = options["models_dir"] or registry.MODELS_DIR
        try:
            folder = join_models(
                options["name"],
                options["models"],
                load_split(options["data"], "validation"),
                models_dir,
                options["from_dir"] or models_dir,
                options["balance"],
            )
        except (DatasetError, registry.UnknownModel, registry.DamagedModel, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{folder}")
