"""If only the packages for serving are installed, commands that need more say so."""

import pytest
from django.core.management import CommandError, load_command_class

from emotions.management.training_command import TrainingCommand


def command_without(module: str) -> TrainingCommand:
    class Command(TrainingCommand):
        def handle(self, *args, **options):
            raise ModuleNotFoundError(f"No module named {module!r}", name=module)

    return Command()


def run(command: TrainingCommand) -> None:
    options = vars(command.create_parser("manage.py", "command").parse_args([]))
    command.execute(**options)


def test_missing_package_is_named_with_what_to_install():
    expected = "This command needs keras, which serving does not: pip install --no-deps -r requirements.txt"
    with pytest.raises(CommandError, match=f"^{expected}$"):
        run(command_without("keras.layers"))


def test_missing_module_of_the_product_stays_an_error():
    with pytest.raises(ModuleNotFoundError):
        run(command_without("emotions.training.lost"))


@pytest.mark.parametrize(
    "name",
    [
        "convert_emotion_model",
        "evaluate_emotion_model",
        "join_emotion_models",
        "make_transfer_set",
        "train_emotion_model",
    ],
)
def test_command_on_models_says_what_it_needs(name):
    assert isinstance(load_command_class("emotions", name), TrainingCommand)
