import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from emotions.registry import load_model
from emotions.training.crowd import ANSWERS
from emotions.training.dataset import EmptySplit
from emotions.training.evaluate import evaluate_model
from emotions.training.evaluation_report import write_report
from tests.emotions.conftest import write_fer_folder


@pytest.fixture(scope="module")
def model():
    return load_model("")


@dataclass(frozen=True)
class Report:
    source: Path
    votes: Path
    folder: Path
    figures: dict

    @property
    def page(self) -> str:
        return (self.folder / "README.md").read_text()


@pytest.fixture(scope="module")
def report(model, tmp_path_factory):
    """The report of a model with a history, on a split with the crowd's votes on one image and one copy in Training."""
    scratch = tmp_path_factory.mktemp("report")
    source, votes = write_fer_folder(scratch / "fer2013"), scratch / "votes.csv"
    votes.write_text(f"file,{','.join(ANSWERS)}\nPublicTest_0000.png,9,1,0,0,0,0,0,0,0,0\n")
    public = next((source / "test").rglob("PublicTest_*.png"))
    shutil.copy(public, source / "train" / "sad" / "Training_copy.png")
    history = "epoch,loss,accuracy,validation_loss,validation_accuracy\n1,2,0.2,1.9,0.3\n2,1.5,0.4,1.6,0.4\n"
    figures = write_report(model, source, "validation", scratch / "out", votes, history)
    return Report(source, votes, scratch / "out", figures)


def test_a_report_has_its_page_and_figures(report):
    names = sorted(path.name for path in report.folder.iterdir())
    assert names == ["README.md", "classes.png", "confusion.png", "curves.png", "reliability.png"]
    assert "(curves.png)" in report.page


def test_a_report_shows_agreement_with_the_crowd(report):
    assert "of the 1 images that have one" in report.page


def test_a_report_repeats_the_figures_of_the_evaluation(model, report):
    assert report.figures == evaluate_model(model, report.source, "validation", report.votes)
    assert "On the 14 images of FER-2013's PublicTest split" in report.page
    assert f"Accuracy **{report.figures['accuracy']:.4f}**" in report.page


def test_a_report_has_a_row_for_every_step_of_every_disturbance(report):
    rows = report.page.partition("## Worse pictures")[2].splitlines()
    assert sum(row.startswith(("| dim light", "| blur", "| distance")) for row in rows) == 10


def test_a_report_has_the_figures_without_copies_and_of_each_coverage(report):
    alone = report.figures["without_copies"]["accuracy"]
    assert f"On the 13 images without a copy in Training: accuracy **{alone:.4f}**" in report.page
    assert f"| 80% | {report.figures['coverage']['0.8']:.3f} |" in report.page
    assert f"accuracy is **{report.figures['groups']['accuracy']:.4f}**" in report.page


def test_a_report_says_how_many_clear_faces_can_be_answered(report):
    answered = report.figures["answered"]
    assert answered["enough"] is False
    expected = "falls short" if answered["share"] else "on no share of them"
    assert "A teacher wants 80% of clear faces answered, 80% of those right." in report.page
    assert expected in report.page


def test_a_report_has_the_section_that_a_probe_writes_about_the_faces(model, fer_folder, tmp_path):
    write_report(model, fer_folder, "validation", tmp_path, probe=lambda faces: f"## {len(faces)} probed\n")
    assert "\n## 14 probed\n" in (tmp_path / "README.md").read_text()


def test_a_report_on_a_model_without_history_shows_no_curves(model, fer_folder, tmp_path):
    write_report(model, fer_folder, "validation", tmp_path)
    assert not (tmp_path / "curves.png").exists()
    assert "curves.png" not in (tmp_path / "README.md").read_text()


def test_a_report_shows_the_share_of_certain_faces(model, fer_folder, tmp_path):
    """For a network that is always sure, all sharp faces are certain, but none in a sixteenth of the light."""
    rng = np.random.default_rng(0)
    for path in fer_folder.rglob("PublicTest_*"):
        cv2.imwrite(str(path), rng.integers(0, 256, (48, 48), dtype=np.uint8))
    sure = replace(model, manifest=replace(model.manifest, temperature=0.001))
    write_report(sure, fer_folder, "validation", tmp_path)
    rows = [line.split("|") for line in (tmp_path / "README.md").read_text().splitlines() if line.startswith("| ")]
    certain = {(row[1].strip(), row[2].strip()): row[7].strip() for row in rows if len(row) == 10}
    assert certain["none", ""] == "1.00"
    assert certain["dim light", "0.06 of the light"] == "0.00"


def test_a_split_without_images_writes_nothing(model, fer_folder, tmp_path):
    for path in (fer_folder / "test").rglob("PrivateTest*"):
        path.unlink()
    with pytest.raises(EmptySplit):
        write_report(model, fer_folder, "test", tmp_path / "report")
    assert not (tmp_path / "report").exists()
