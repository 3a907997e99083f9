import pytest

from benchmarks.program import run_program
from emotions.registry import UnknownModel
from emotions.training.fer_files import DatasetError


@pytest.mark.parametrize("error", [DatasetError("fer.zip does not exist."), UnknownModel("No model is called 'x'.")])
def test_program_ends_with_what_its_user_can_mend(error):
    def main():
        raise error

    with pytest.raises(SystemExit) as ended:
        run_program(main)
    assert ended.value.code == str(error)


def test_program_shows_its_own_faults():
    with pytest.raises(ValueError, match="invalid literal"):
        run_program(lambda: int("x"))
