import csv
import dataclasses

import numpy as np
import pytest

from emotions.registry import UnknownModel, load_history, load_model, load_network
from emotions.training.augmentation import Augmentation
from emotions.training.checkpoint import WrongCheckpoint
from emotions.training.config import Stage, TrainingConfig, WrongSettings, stage_at
from emotions.training.train import train_model
from emotions.training.training_data import TrainingData
from tests.emotions.conftest import face_images
from tests.emotions.stored import stored_metrics

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("eager_tensorflow")]
CONFIG = TrainingConfig(architecture="tiny_vgg", epochs=2, batch_size=32, warmup_epochs=0.5)
SHORT = dataclasses.replace(CONFIG, epochs=1, warmup_epochs=0)
STAGES = (Stage(0.6, 32, 0.8), Stage(0.3, 40, 1.0), Stage(0.1, 48, 1.0))


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
    assert not list((tmp_path / "models").iterdir())
    train_model("killed", data, CONFIG, **places, resume=True)
    whole = load_network("whole", run / "models").get_weights()
    resumed = load_network("killed", tmp_path / "models").get_weights()
    for expected, actual in zip(whole, resumed, strict=True):
        np.testing.assert_array_equal(actual, expected)


@pytest.fixture(scope="module")
def short_run(data, tmp_path_factory):
    """The network of a run of one epoch."""
    folder = tmp_path_factory.mktemp("short-run")
    train_model("short", data, SHORT, work_dir=folder / "work", models_dir=folder / "models")
    return load_network("short", folder / "models")


def test_training_changes_the_weights(run, short_run):
    first = load_network("whole", run / "models").get_weights()[0]
    assert (first != short_run.get_weights()[0]).any()


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
    figures = stored_metrics("whole", run / "models")
    assert (figures["split"], figures["images"], figures["model"]) == ("validation", 35, "whole")


def test_the_history_has_a_row_per_epoch_and_a_chart(run):
    with (run / "work" / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert all(0 <= float(row["validation_accuracy"]) <= 1 for row in rows)
    assert (run / "work" / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_a_run_may_start_from_a_stored_model(run, data, tmp_path):
    unmoved = dataclasses.replace(CONFIG, initial_model="whole", learning_rate=0.0, weight_decay=0.0, epochs=1)
    train_model("next", data, unmoved, work_dir=tmp_path / "work", models_dir=run / "models")
    first = load_network("whole", run / "models").trainable_weights
    for expected, actual in zip(first, load_network("next", run / "models").trainable_weights, strict=True):
        # Equal except for the rounding of the running mean of the weights.
        np.testing.assert_allclose(actual.numpy(), expected.numpy(), atol=1e-6)


def test_a_run_cannot_start_from_a_missing_model(data, tmp_path):
    with pytest.raises(UnknownModel, match="nowhere"):
        train_model("next", data, dataclasses.replace(CONFIG, initial_model="nowhere"), work_dir=tmp_path)


def test_votes_of_the_crowd_change_the_weights_and_are_not_served(data, short_run, tmp_path):
    votes = np.tile(np.float32([0.5, 0, 0, 0, 0.25, 0, 0, 0.25, 0, 0]), (len(data.train), 1))
    told = dataclasses.replace(data, votes=votes)
    train_model("crowd", told, SHORT, work_dir=tmp_path / "work", models_dir=tmp_path / "models")
    network = load_network("crowd", tmp_path / "models")
    assert network.output_shape == short_run.output_shape == (None, 7)
    assert (network.get_weights()[0] != short_run.get_weights()[0]).any()


def test_faces_without_votes_train_as_if_no_votes_were_given(run, data, tmp_path):
    told = dataclasses.replace(data, votes=np.zeros((len(data.train), 10), np.float32))
    train_model("unvoted", told, CONFIG, work_dir=tmp_path / "work", models_dir=tmp_path / "models")
    np.testing.assert_array_equal(
        load_network("unvoted", tmp_path / "models").get_weights()[0],
        load_network("whole", run / "models").get_weights()[0],
    )


def test_each_stage_has_its_share_of_the_epochs():
    config = TrainingConfig(epochs=10, stages=STAGES)
    assert [stage_at(config, epoch).side for epoch in range(10)] == [32] * 6 + [40] * 3 + [48]


@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_a_short_run_ends_on_whole_faces(epochs):
    assert stage_at(TrainingConfig(epochs=epochs, stages=STAGES), epochs - 1).side == 48


def test_a_run_on_other_data_does_not_resume(run, data, tmp_path):
    other = dataclasses.replace(data, votes=np.zeros((len(data.train), 10), np.float32))
    with pytest.raises(WrongCheckpoint, match="other settings or data"):
        train_model("whole", other, CONFIG, work_dir=run / "work", models_dir=tmp_path, resume=True)


def test_a_truncated_checkpoint_is_refused(run, data, tmp_path):
    whole = (run / "work" / "checkpoint.npz").read_bytes()
    (tmp_path / "checkpoint.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(WrongCheckpoint, match="cannot be read"):
        train_model("whole", data, CONFIG, work_dir=tmp_path, models_dir=tmp_path / "models", resume=True)


def test_a_run_cannot_start_from_another_architecture(run, data, tmp_path):
    other = dataclasses.replace(CONFIG, architecture="plain_vgg", initial_model="whole")
    with pytest.raises(WrongSettings, match="whole is not a plain_vgg"):
        train_model("next", data, other, work_dir=tmp_path, models_dir=run / "models")


@pytest.mark.parametrize(
    "wrong",
    [{"epochs": 0}, {"batch_size": -5}, {"seed": -1}, {"learning_rate": float("nan")}, {"class_balance": -1.0}],
)
def test_settings_out_of_their_range_are_refused(wrong):
    with pytest.raises(WrongSettings, match=next(iter(wrong))):
        TrainingConfig(**wrong)


def test_shares_of_the_augmentation_out_of_their_range_are_refused():
    with pytest.raises(WrongSettings, match="grainy is 5"):
        TrainingConfig(augmentation=Augmentation(grainy=5))


def test_a_model_keeps_the_history_of_its_training(run):
    assert load_history("whole", run / "models") == (run / "work" / "history.csv").read_text()


def test_a_manifest_records_whether_votes_were_learnt(run):
    manifest = load_model("whole", run / "models").manifest
    assert manifest.training["votes"] is False
    assert "FER+" not in manifest.data


@pytest.mark.parametrize("stages", [(), (Stage(0.5, 32, 0.8),)])
def test_stages_that_are_not_the_whole_run_are_refused(stages):
    with pytest.raises(WrongSettings, match="add up to 1"):
        TrainingConfig(stages=stages)
