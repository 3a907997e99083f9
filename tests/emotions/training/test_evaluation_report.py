from dataclasses import replace

import cv2
import numpy as np
import pytest

from emotions.registry import load_model
from emotions.training.crowd import ANSWERS
from emotions.training.dataset import EmptySplit
from emotions.training.evaluate import evaluate_model
from emotions.training.evaluation_report import write_report


@pytest.fixture(scope="module")
def model():
    return load_model("")


def test_a_report_has_its_page_and_figures(model, fer_folder, tmp_path):
    history = "epoch,loss,accuracy,validation_loss,validation_accuracy\n1,2,0.2,1.9,0.3\n2,1.5,0.4,1.6,0.4\n"
    write_report(model, fer_folder, "validation", tmp_path / "report", history=history)
    names = sorted(path.name for path in (tmp_path / "report").iterdir())
    assert names == ["README.md", "classes.png", "confusion.png", "curves.png", "reliability.png"]
    assert "(curves.png)" in (tmp_path / "report" / "README.md").read_text()


def test_a_report_on_a_model_without_history_shows_no_curves(model, fer_folder, tmp_path):
    write_report(model, fer_folder, "validation", tmp_path)
    assert not (tmp_path / "curves.png").exists()
    assert "curves.png" not in (tmp_path / "README.md").read_text()


def test_a_report_shows_agreement_with_the_crowd(model, fer_folder, tmp_path):
    votes = tmp_path / "votes.csv"
    votes.write_text(f"file,{','.join(ANSWERS)}\nPublicTest_0000.png,9,1,0,0,0,0,0,0,0,0\n")
    write_report(model, fer_folder, "validation", tmp_path, votes)
    assert "of the 1 images that have one" in (tmp_path / "README.md").read_text()


def test_a_report_shows_the_share_of_certain_faces(model, fer_folder, tmp_path):
    """All sharp faces are certain for a network that is always sure, and none in a sixteenth of the light."""
    rng = np.random.default_rng(0)
    for path in fer_folder.rglob("PublicTest_*"):
        cv2.imwrite(str(path), rng.integers(0, 256, (48, 48), dtype=np.uint8))
    sure = replace(model, manifest=replace(model.manifest, temperature=0.001))
    write_report(sure, fer_folder, "validation", tmp_path)
    rows = [line.split("|") for line in (tmp_path / "README.md").read_text().splitlines() if line.startswith("| ")]
    certain = {(row[1].strip(), row[2].strip()): row[7].strip() for row in rows if len(row) == 10}
    assert certain["none", ""] == "1.00"
    assert certain["dim light", "0.06 of the light"] == "0.00"


def test_a_report_repeats_the_figures_of_the_evaluation(model, fer_folder, tmp_path):
    figures = write_report(model, fer_folder, "validation", tmp_path)
    assert figures == evaluate_model(model, fer_folder, "validation")
    page = (tmp_path / "README.md").read_text()
    assert "On the 14 images of FER-2013's PublicTest split" in page
    assert f"Accuracy **{figures['accuracy']:.4f}**" in page


def test_a_report_has_a_row_for_every_step_of_every_disturbance(model, fer_folder, tmp_path):
    write_report(model, fer_folder, "validation", tmp_path)
    rows = (tmp_path / "README.md").read_text().partition("## Worse pictures")[2].splitlines()
    assert sum(row.startswith(("| dim light", "| blur", "| distance")) for row in rows) == 10


def test_a_report_has_the_figures_without_copies_and_of_each_coverage(model, fer_folder, tmp_path):
    public = next((fer_folder / "test").rglob("PublicTest_*.png"))
    (fer_folder / "train" / "sad" / "Training_copy.png").write_bytes(public.read_bytes())
    figures = write_report(model, fer_folder, "validation", tmp_path)
    page = (tmp_path / "README.md").read_text()
    assert (
        f"On the 13 images without a copy in Training: accuracy **{figures['without_copies']['accuracy']:.4f}**" in page
    )
    assert f"| 80% | {figures['coverage']['0.8']:.3f} |" in page
    assert f"accuracy is **{figures['groups']['accuracy']:.4f}**" in page


def test_a_split_without_images_writes_nothing(model, fer_folder, tmp_path):
    for path in (fer_folder / "test").rglob("PrivateTest*"):
        path.unlink()
    with pytest.raises(EmptySplit):
        write_report(model, fer_folder, "test", tmp_path / "report")
    assert not (tmp_path / "report").exists()
