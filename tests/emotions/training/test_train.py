import csv
import dataclasses

import numpy as np
import pytest

from emotions.registry import UnknownModel, load_metrics, load_model, load_network
from emotions.training.checkpoint import WrongCheckpoint
from emotions.training.dataset import EmptySplit
from emotions.training.train import TrainingConfig, TrainingData, load_data, train_model

from ..conftest import face_images

CONFIG = TrainingConfig(architecture="tiny_vgg", epochs=2, batch_size=32, warmup_epochs=0.5)


@pytest.fixture(scope="module")
def data() -> TrainingData:
    return TrainingData(face_images(140, seed=1), face_images(35, seed=2), removed=3)


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    """An uninterrupted run: its folder with models and work."""
    folder = tmp_path_factory.mktemp("run")
    train_model("whole", data, CONFIG, work_dir=folder / "work", models_dir=folder / "models")
    return folder


def test_a_run_killed_after_an_epoch_and_resumed_ends_with_the_same_weights(run, data, tmp_path):
    places = {"work_dir": tmp_path / "work", "models_dir": tmp_path / "models"}
    assert train_model("killed", data, CONFIG, **places, stop_after=1) is None
    assert not (tmp_path / "models").exists()
    train_model("killed", data, CONFIG, **places, resume=True)
    whole = load_network("whole", run / "models").get_weights()
    resumed = load_network("killed", tmp_path / "models").get_weights()
    for expected, actual in zip(whole, resumed, strict=True):
        np.testing.assert_array_equal(actual, expected)


def test_training_changes_the_weights(run, data, tmp_path):
    other = dataclasses.replace(CONFIG, epochs=1, warmup_epochs=0)
    train_model("other", data, other, work_dir=tmp_path / "work", models_dir=tmp_path / "models")
    first = load_network("whole", run / "models").get_weights()[0]
    assert (first != load_network("other", tmp_path / "models").get_weights()[0]).any()


def test_a_checkpoint_of_other_settings_is_refused(run, data, tmp_path):
    other = dataclasses.replace(CONFIG, learning_rate=0.01)
    with pytest.raises(WrongCheckpoint, match="other settings"):
        train_model("whole", data, other, work_dir=run / "work", models_dir=tmp_path, resume=True)


def test_a_manifest_holds_every_hyper_parameter(run):
    manifest = load_model("whole", run / "models").manifest
    assert manifest.training["images"] == 140
    assert manifest.training["near_duplicates_removed"] == 3
    assert {field.name for field in dataclasses.fields(TrainingConfig)} < set(manifest.training)
    assert manifest.training["augmentation"]["rotation_degrees"] == CONFIG.augmentation.rotation_degrees


def test_metrics_are_those_of_the_validation_split(run):
    figures = load_metrics("whole", run / "models")
    assert (figures["split"], figures["images"], figures["model"]) == ("validation", 35, "whole")


def test_the_history_has_a_row_per_epoch_and_a_chart(run):
    with (run / "work" / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert all(0 <= float(row["validation_accuracy"]) <= 1 for row in rows)
    assert (run / "work" / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_load_data_counts_the_near_duplicates_it_removes(fer_folder):
    public = next((fer_folder / "test").rglob("PublicTest_*.png"))
    private = next((fer_folder / "test").rglob("PrivateTest_*.png"))
    for place, original in enumerate((public, private)):
        (fer_folder / "train" / "sad" / f"Training_copy{place}.png").write_bytes(original.read_bytes())
    data = load_data(fer_folder)
    assert (len(data.train), len(data.validation), data.removed) == (21, 14, 2)


def test_load_data_needs_a_validation_split(fer_folder):
    for path in (fer_folder / "test").rglob("PublicTest_*.png"):
        path.unlink()
    with pytest.raises(EmptySplit, match="validation"):
        load_data(fer_folder)


def test_a_run_may_start_from_a_stored_model(run, data, tmp_path):
    unmoved = dataclasses.replace(CONFIG, initial_model="whole", learning_rate=0.0, weight_decay=0.0, epochs=1)
    train_model("next", data, unmoved, work_dir=tmp_path / "work", models_dir=run / "models")
    first = load_network("whole", run / "models").trainable_weights
    for expected, actual in zip(first, load_network("next", run / "models").trainable_weights, strict=True):
        # But for the rounding of the running mean of the weights.
        np.testing.assert_allclose(actual.numpy(), expected.numpy(), atol=1e-6)


def test_a_run_cannot_start_from_a_model_that_is_not_there(data, tmp_path):
    with pytest.raises(UnknownModel, match="nowhere"):
        train_model("next", data, dataclasses.replace(CONFIG, initial_model="nowhere"), work_dir=tmp_path)


def test_a_limit_draws_faces_of_every_expression(fer_folder):
    whole = load_data(fer_folder)
    limited = load_data(fer_folder, limit=len(whole.train) - 1)
    assert len(limited.train) == len(whole.train) - 1
    assert limited.removed == whole.removed


def test_the_crowd_s_share_of_the_targets_changes_what_is_learnt(data, tmp_path):
    config = dataclasses.replace(CONFIG, epochs=1, warmup_epochs=0)
    likelihoods = np.full((len(data.train), 7), 1 / 7, np.float32)
    weights = []
    for name, crowd in (("alone", None), ("crowd", likelihoods)):
        told = dataclasses.replace(data, crowd=crowd)
        train_model(name, told, config, work_dir=tmp_path / name, models_dir=tmp_path / "models")
        weights.append(load_network(name, tmp_path / "models").get_weights()[0])
    assert (weights[0] != weights[1]).any()
