import pytest

from emotions.registry import load_model
from emotions.training.dataset import EmptySplit
from emotions.training.evaluate import evaluate_model
from emotions.training.evaluation_report import write_report


@pytest.fixture(scope="module")
def model():
    return load_model("")


def test_a_report_has_its_page_and_figures(model, fer_folder, tmp_path):
    write_report(model, fer_folder, "validation", tmp_path / "report")
    names = sorted(path.name for path in (tmp_path / "report").iterdir())
    assert names == ["README.md", "classes.png", "confusion.png", "reliability.png"]


def test_a_report_says_what_the_evaluation_says(model, fer_folder, tmp_path):
    figures = write_report(model, fer_folder, "validation", tmp_path)
    assert figures == evaluate_model(model, fer_folder, "validation")
    page = (tmp_path / "README.md").read_text()
    assert "On the 14 images of FER-2013's PublicTest split" in page
    assert f"Accuracy **{figures['accuracy']:.4f}**" in page


def test_a_report_has_a_row_for_every_step_of_every_disturbance(model, fer_folder, tmp_path):
    write_report(model, fer_folder, "validation", tmp_path)
    rows = (tmp_path / "README.md").read_text().partition("## Worse pictures")[2].splitlines()
    assert sum(row.startswith(("| dim light", "| blur", "| distance")) for row in rows) == 10


def test_a_split_without_images_writes_nothing(model, fer_folder, tmp_path):
    for path in (fer_folder / "test").rglob("PrivateTest*"):
        path.unlink()
    with pytest.raises(EmptySplit):
        write_report(model, fer_folder, "test", tmp_path / "report")
    assert not (tmp_path / "report").exists()
