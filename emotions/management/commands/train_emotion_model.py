import dataclasses
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import CommandError

from emotions.management.options import (
    add_augmentation_options,
    add_distillation_options,
    augmentation,
    given,
    model_name,
    not_negative,
    positive,
    share,
    stage,
)
from emotions.management.training_command import TrainingCommand

if TYPE_CHECKING:
    from emotions.training.config import TrainingConfig

# Options with the names of the TrainingConfig fields that they set.
SETTINGS = (
    "architecture",
    "epochs",
    "batch_size",
    "learning_rate",
    "seed",
    "initial_model",
    "votes_weight",
    "class_balance",
    "warmup_epochs",
    "mixup",
    "crowd_share",
    "label_smoothing",
    "dtype",
)


class Command(TrainingCommand):
    help = "Trains a network on FER-2013 and stores it in OUTPUT/NAME. After a kill, --resume continues."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--data", type=Path, required=True, help="FER-2013: Kaggle's zip or folder, or fer2013.csv, packed or not"
        )
        parser.add_argument("--votes", type=Path, metavar="CSV", help="FER+'s votes, learnt in a second head")
        parser.add_argument("--name", type=model_name, default="trained", help="name of the model; default: trained")
        parser.add_argument("--limit", type=positive(int), help="train on this many images, drawn at random")
        parser.add_argument("--architecture", help="for this and the next options: default as in TrainingConfig")
        parser.add_argument("--epochs", type=positive(int))
        parser.add_argument("--batch-size", type=positive(int))
        parser.add_argument("--learning-rate", type=positive(float))
        parser.add_argument("--seed", type=not_negative(int))
        parser.add_argument(
            "--votes-weight", type=not_negative(float), help="weight of the loss on the votes; the labels' is 1"
        )
        parser.add_argument(
            "--class-balance", type=not_negative(float), help="power of the inverse class frequency in the loss"
        )
        parser.add_argument("--crowd-share", type=share, help="share of each label that the votes replace, 0 to 1")
        parser.add_argument("--initial-model", help="start from the weights of this stored model")
        parser.add_argument("--warmup-epochs", type=not_negative(float))
        parser.add_argument(
            "--stages",
            type=stage,
            nargs="+",
            metavar="SHARE:SIDE:ZOOM",
            help="parts of the run: share of the epochs, side and zoom of the pictures",
        )
        parser.add_argument("--label-smoothing", type=share)
        parser.add_argument("--mixup", type=not_negative(float), help="blend pairs of faces, by Beta(MIXUP, MIXUP)")
        add_augmentation_options(parser)
        add_distillation_options(parser)
        parser.add_argument(
            "--dtype", choices=["mixed_bfloat16", "float32"], help="float32 without bfloat16 in hardware"
        )
        parser.add_argument("--backend", choices=["tensorflow", "torch", "jax"], default="tensorflow")
        parser.add_argument("--output", "--models-dir", type=Path, help="where its folder goes; default: models")
        parser.add_argument("--work-dir", type=Path, help="checkpoint, history and curves; default: var/training/NAME")
        parser.add_argument("--resume", action="store_true", help="continue after the last finished epoch")

    def handle(self, *args: Any, **options: Any) -> None:
        os.environ["KERAS_BACKEND"] = options["backend"]
        keras = sys.modules.get("keras")
        if keras is not None and keras.backend.backend() != options["backend"]:
            raise CommandError(
                f"Keras is already running on {keras.backend.backend()}; start a new process for {options['backend']}."
            )
        # After the backend is chosen: Keras reads KERAS_BACKEND once, when it is imported.
        from emotions.registry import MODELS_DIR, DamagedModel, UnknownModel  # noqa: PLC0415
        from emotions.training import transfer  # noqa: PLC0415
        from emotions.training.architectures import UnknownArchitecture  # noqa: PLC0415
        from emotions.training.checkpoint import WrongCheckpoint  # noqa: PLC0415
        from emotions.training.config import WrongSettings  # noqa: PLC0415
        from emotions.training.dataset import DatasetError  # noqa: PLC0415
        from emotions.training.train import train_model  # noqa: PLC0415
        from emotions.training.training_data import load_data  # noqa: PLC0415

        places = {
            "work_dir": options["work_dir"] or Path(settings.BASE_DIR) / "var" / "training" / options["name"],
            "models_dir": options["output"] or MODELS_DIR,
        }
        try:
            config = _config(options)
            data = load_data(options["data"], options["votes"], options["limit"])
            if config.distillation:
                names = [weighted.name for weighted in config.distillation.teachers]
                data = dataclasses.replace(data, transfer=transfer.load(options["transfer_set"], data.train, names))
            self.stderr.write(
                f"{len(data.train)} training and {len(data.validation)} validation images; "
                f"{data.removed} copies of evaluation images removed from training."
            )
            folder = train_model(options["name"], data, config, resume=options["resume"], **places)
        except (
            DatasetError,
            UnknownArchitecture,
            UnknownModel,
            DamagedModel,
            WrongCheckpoint,
            WrongSettings,
            OSError,
        ) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{folder}")


def _config(options: dict[str, Any]) -> "TrainingConfig":
    """Raises CommandError for options that do not go together, or WrongSettings."""
    from emotions.training.augmentation import JITTER  # noqa: PLC0415  # OpenCV, as above
    from emotions.training.config import Distillation, Stage, TrainingConfig, WeightedTeacher  # noqa: PLC0415

    if bool(options["transfer_set"]) != bool(options["teachers"]):
        raise CommandError("--transfer-set and --teachers go together.")
    if options["transfer_set"] and given(options, "strength", "grainy", "blurred"):
        raise CommandError("The views of a transfer set are augmented already: by make_transfer_set.")
    if given(options, "votes_weight", "crowd_share") and not options["votes"]:
        raise CommandError("--votes-weight and --crowd-share need the votes; name their file with --votes.")
    chosen = given(options, *SETTINGS)
    if options["stages"]:
        chosen["stages"] = tuple(Stage(*values) for values in options["stages"])
    if options["teachers"]:
        teachers = tuple(WeightedTeacher(*values) for values in options["teachers"])
        chosen["distillation"] = Distillation(teachers, **given(options, "alpha"))
    variations = JITTER if options["transfer_set"] else augmentation(options)
    return TrainingConfig(augmentation=variations, **chosen)
