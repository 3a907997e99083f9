import json
import shutil
from typing import Any

import numpy as np
import pytest

from emotions.images import decode_jpeg
from emotions.labels import EXPRESSIONS
from emotions.preprocessing import NORMALISATION, mirrored_mean, normalise, softmax, with_mirrored
from emotions.registry import (
    MODELS_DIR,
    DamagedModel,
    Manifest,
    UnknownModel,
    available_models,
    default_model,
    load_manifest,
    load_model,
    load_network,
    store_model,
)
from emotions.training import architectures
from emotions.training.conversion import converted
from tests.emotions.stored import stored_metrics


def manifest(name: str) -> Manifest:
    return Manifest(
        name=name,
        architecture="tiny_vgg",
        input_shape=(48, 48, 1),
        normalisation=NORMALISATION,
        labels=EXPRESSIONS,
        output="logits",
        temperature=1.5,
        mirrored_mean=False,
        parameters=1,
        training={"epochs": 1},
        keras_version="3",
        backend="tensorflow",
        trained_on="2026-01-01",
        data="noise",
        licence="none",
    )


def stored(*arguments: Any) -> None:
    network = architectures.build("tiny_vgg")
    store_model(network, converted(network), *arguments)


@pytest.fixture(scope="module")
def two_models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    stored(manifest("first"), {"accuracy": 0.1}, folder)
    stored(manifest("second"), {"accuracy": 0.2}, folder)
    return folder


@pytest.fixture
def models_dir(two_models, tmp_path):
    """The test's own copy, because storing a model takes seconds."""
    return shutil.copytree(two_models, tmp_path, dirs_exist_ok=True)


def test_stored_models_are_available_and_the_first_is_the_default(models_dir):
    assert available_models(models_dir) == ["first", "second"]
    assert default_model(models_dir) == "first"
    assert load_model(models_dir=models_dir).manifest.name == "first"


def test_a_manifest_round_trips(models_dir):
    loaded = load_manifest("second", models_dir)
    assert len(loaded.sha256) == 64
    assert {**vars(loaded), "sha256": "", "served_sha256": ""} == vars(manifest("second"))
    assert stored_metrics("second", models_dir) == {"accuracy": 0.2}


def test_storing_a_name_again_replaces_the_model(models_dir):
    before = load_manifest("first", models_dir).sha256
    stored(manifest("first"), {"accuracy": 0.3}, models_dir)
    assert load_manifest("first", models_dir).sha256 != before
    assert stored_metrics("first", models_dir) == {"accuracy": 0.3}
    assert sorted(path.name for path in models_dir.iterdir()) == ["default.txt", "first", "second"]


def test_an_unknown_model_error_lists_models_and_the_training_command(models_dir):
    with pytest.raises(UnknownModel, match=r"'third'.*first, second.*train_emotion_model"):
        load_model("third", models_dir)


def test_without_models_the_default_is_unknown(tmp_path):
    with pytest.raises(UnknownModel, match=r"none.*train_emotion_model"):
        load_model("", tmp_path)


@pytest.mark.parametrize(("file", "load"), [("model.keras", load_network), ("model.tflite", load_model)])
def test_a_changed_network_file_is_refused(models_dir, file, load):
    path = models_dir / "first" / file
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(DamagedModel, match="SHA-256"):
        load("first", models_dir)


@pytest.mark.parametrize(("file", "load"), [("model.keras", load_network), ("model.tflite", load_model)])
def test_a_missing_network_file_is_refused(models_dir, file, load):
    (models_dir / "first" / file).unlink()
    with pytest.raises(DamagedModel, match="missing"):
        load("first", models_dir)


def test_a_manifest_of_another_version_is_refused(models_dir):
    path = models_dir / "first" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "colour": "blue"}))
    with pytest.raises(DamagedModel, match="colour"):
        load_model("first", models_dir)


@pytest.mark.parametrize(
    ("field", "value"), [("labels", sorted(EXPRESSIONS, reverse=True)), ("normalisation", {"kind": "none"})]
)
def test_a_network_that_answers_in_another_way_is_refused(models_dir, field, value):
    path = models_dir / "first" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), field: value}))
    with pytest.raises(DamagedModel, match=f"'first' is of another version of Attune: it has other {field}"):
        load_model("first", models_dir)


def test_a_model_is_called_like_its_folder_after_a_copy_and_a_new_training(models_dir):
    shutil.copytree(models_dir / "first", models_dir / "kept")
    shutil.rmtree(models_dir / "first")
    assert load_model("kept", models_dir).manifest.name == "kept"
    assert load_network("kept", models_dir).count_params() > 0


def test_a_folder_without_a_manifest_is_not_a_model(models_dir):
    shutil.copytree(models_dir / "first", models_dir / "torn")
    (models_dir / "torn" / "manifest.json").unlink()
    assert available_models(models_dir) == ["first", "second"]


def test_every_shipped_model_loads_with_the_labels_and_normalisation_of_this_version():
    assert available_models() != []
    for name in available_models():
        model = load_model(name)
        assert model.manifest.labels == EXPRESSIONS
        assert model.manifest.normalisation == NORMALISATION
        network = load_network(name)
        assert network.input_shape == (None, *model.manifest.input_shape)
        assert network.count_params() == model.manifest.parameters
        files = {path.name for path in (MODELS_DIR / name).iterdir()}
        assert files == {"history.csv", "manifest.json", "metrics.json", "model.keras", "model.tflite", "report"}


def test_the_served_network_matches_the_trained_one(recogniser, snapshot):
    """8-bit weights change no probability by more than .03."""
    (crop,) = recogniser.crop_faces(decode_jpeg(snapshot), recogniser._detector.find(decode_jpeg(snapshot))[:1])
    faces, temperature = normalise(crop[np.newaxis]), load_manifest().temperature
    trained = mirrored_mean(np.asarray(load_network().predict_on_batch(with_mirrored(faces))))
    served = recogniser.classify([crop])
    np.testing.assert_allclose(served, softmax(trained, temperature), atol=0.03)
