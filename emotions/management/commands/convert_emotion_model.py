from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from emotions.management.options import share
from emotions.management.training_command import TrainingCommand


class Command(TrainingCommand):
    help = "Converts a stored network to the served file again, then calibrates and measures it. Deletes its report."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--data", type=Path, required=True, help="FER-2013: Kaggle's zip or folder, or fer2013.csv, packed or not"
        )
        parser.add_argument("--model", default="", help="default: the one in models/default.txt")
        parser.add_argument("--balance", type=share, help="fit the last layer's biases: 0 to frequencies, 1 to classes")
        parser.add_argument("--from-dir", type=Path, help="where the network is; default: models")
        parser.add_argument("--models-dir", type=Path, help="default: models")

    def handle(self, *args: Any, **options: Any) -> None:
        # TensorFlow takes seconds to import; other commands, and this one's --help, go without.
        from emotions import registry  # noqa: PLC0415
        from emotions.training.copies import load_evaluation_split  # noqa: PLC0415
        from emotions.training.dataset import DatasetError  # noqa: PLC0415
        from emotions.training.release import release  # noqa: PLC0415

        models_dir = options["models_dir"] or registry.MODELS_DIR
        try:
            source = options["from_dir"] or models_dir
            manifest = registry.load_manifest(options["model"], source)
            network = registry.load_network(manifest.name, source)
            history = registry.load_history(manifest.name, source)
            validation = load_evaluation_split(options["data"], "validation")
            folder = release(network, manifest, validation, models_dir, options["balance"], history)
        except (DatasetError, registry.UnknownModel, registry.DamagedModel, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{folder}")
