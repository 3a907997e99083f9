import numpy as np
import pytest

from emotions import architectures
from emotions.registry import UnknownModel, load_model, load_network
from emotions.training.config import TrainingConfig
from emotions.training.joining import join_models, joined
from emotions.training.release import release
from emotions.training.train import TrainingData, train_model

from ..conftest import face_images


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Two small models, trained from different seeds."""
    folder = tmp_path_factory.mktemp("models")
    data = TrainingData(face_images(70, seed=1), face_images(35, seed=2), removed=0)
    for seed in (0, 1):
        config = TrainingConfig(architecture="tiny_vgg", epochs=1, batch_size=35, seed=seed)
        train_model(f"part{seed}", data, config, work_dir=folder / f"work{seed}", models_dir=folder / "models")
    return folder / "models"


def test_the_logits_of_a_joined_network_are_the_mean_of_those_of_its_parts():
    faces = np.random.default_rng(0).normal(0, 1, (5, 48, 48, 1)).astype(np.float32)
    one, other = architectures.build("tiny_vgg"), architectures.build("tiny_vgg")
    whole = joined([one, other], [0.5, 2.0])
    expected = (one.predict_on_batch(faces) / 0.5 + other.predict_on_batch(faces) / 2.0) / 2
    np.testing.assert_allclose(whole.predict_on_batch(faces), expected, rtol=1e-4, atol=1e-5)


def test_a_joined_model_is_stored_measured_and_says_what_it_was_made_of(models):
    join_models("whole", ["part0", "part1"], face_images(35, seed=2), models, models)
    manifest = load_model("whole", models).manifest
    assert list(manifest.training["joined"]) == ["part0", "part1"]
    assert manifest.training["joined"]["part1"]["seed"] == 1
    assert manifest.architecture == "tiny_vgg + tiny_vgg"
    assert manifest.parameters == load_network("whole", models).count_params()


def test_a_joined_model_can_be_balanced_like_any_other(models):
    validation = face_images(35, seed=2)
    join_models("even", ["part0", "part1"], validation, models, models, balance=0.4)
    assert load_model("even", models).manifest.training["balance"] == 0.4
    release(load_network("even", models), load_model("even", models).manifest, validation, models)
    assert load_model("even", models).logits(np.zeros((3, 48, 48, 1), np.float32)).shape == (3, 7)


def test_a_part_that_is_not_there_is_named(models):
    with pytest.raises(UnknownModel, match="nowhere"):
        join_models("whole", ["part0", "nowhere"], face_images(7), models, models)
