import keras
import numpy as np
import pytest

from emotions.preprocessing import normalise
from emotions.registry import UnknownModel, load_model, load_network
from emotions.training import architectures
from emotions.training.config import TrainingConfig, WrongSettings
from emotions.training.joining import average_models, averaged, join_models, joined
from emotions.training.release import release
from emotions.training.train import train_model
from emotions.training.training_data import TrainingData
from tests.emotions.conftest import face_images

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("eager_tensorflow")]


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


def test_a_joined_model_is_stored_and_measured_and_names_its_parts(models):
    join_models("whole", ["part0", "part1"], face_images(35, seed=2), models, models)
    manifest = load_model("whole", models).manifest
    assert list(manifest.training["joined"]) == ["part0", "part1"]
    assert manifest.training["joined"]["part1"]["seed"] == 1
    assert manifest.architecture == "tiny_vgg + tiny_vgg"
    assert manifest.parameters == load_network("whole", models).count_params()
    assert manifest.mirrored_mean is False


def test_a_part_may_also_read_the_mirror_image():
    faces = np.random.default_rng(0).normal(0, 1, (5, 48, 48, 1)).astype(np.float32)
    one, other = architectures.build("tiny_vgg"), architectures.build("tiny_vgg")
    of_both = (other.predict_on_batch(faces) + other.predict_on_batch(faces[:, :, ::-1])) / 2
    expected = (one.predict_on_batch(faces) + of_both) / 2
    np.testing.assert_allclose(
        joined([one, other], [1, 1], {1}).predict_on_batch(faces), expected, rtol=1e-4, atol=1e-5
    )


def test_a_model_with_a_mirrored_part_is_served_as_it_was_trained(models):
    join_models("twice", ["part0", "part1"], face_images(35, seed=2), models, models, mirrored=["part1"])
    model, network = load_model("twice", models), load_network("twice", models)
    assert (model.manifest.training["mirrored"], model.manifest.mirrored_mean) == (["part1"], False)
    for count in (1, 5, 2):
        faces = np.random.default_rng(count).normal(size=(count, 48, 48, 1)).astype(np.float32)
        np.testing.assert_allclose(model.logits(faces), network.predict_on_batch(faces), atol=0.05)


def test_only_a_part_can_read_the_mirror_image(models):
    with pytest.raises(WrongSettings, match="nobody is not among the models"):
        join_models("twice", ["part0", "part1"], face_images(7), models, models, mirrored=["nobody"])


def test_a_joined_model_can_be_balanced_like_any_other(models):
    validation = face_images(35, seed=2)
    join_models("even", ["part0", "part1"], validation, models, models, balance=0.4)
    assert load_model("even", models).manifest.training["balance"] == 0.4
    release(load_network("even", models), load_model("even", models).manifest, validation, models)
    assert load_model("even", models).logits(np.zeros((3, 48, 48, 1), np.float32)).shape == (3, 7)


def batch_norms(network):
    return [layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]


def test_averaging_a_network_with_itself_leaves_its_weights_and_its_momenta(models):
    network = load_network("part0", models)
    whole = averaged([network, network], face_images(35).images)
    for one, other in zip(network.trainable_weights, whole.trainable_weights, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-6)
    assert [layer.momentum for layer in batch_norms(whole)] == [layer.momentum for layer in batch_norms(network)]


def test_an_averaged_network_has_the_mean_of_the_weights():
    one, other = architectures.build("tiny_vgg"), architectures.build("tiny_vgg")
    whole = averaged([one, other], face_images(7).images)
    weights = (one.trainable_weights, other.trainable_weights, whole.trainable_weights)
    for first, second, mean in zip(*weights, strict=True):
        np.testing.assert_allclose(mean.numpy(), (first.numpy() + second.numpy()) / 2, rtol=1e-6)


def test_batch_norm_statistics_are_measured_on_the_faces():
    network = architectures.build("tiny_vgg")
    faces = face_images(600, seed=3).images
    whole = averaged([network, network], faces)
    first = batch_norms(whole)[0]
    seen = keras.Model(whole.input, first.input)(normalise(faces)).numpy()
    # Three batches, with a smaller last one that counts as much: nearly the mean of all.
    np.testing.assert_allclose(first.moving_mean.numpy(), seen.mean(axis=(0, 1, 2)), rtol=0.1, atol=0.02)
    np.testing.assert_allclose(first.moving_variance.numpy(), seen.var(axis=(0, 1, 2)), rtol=0.1)


def test_joined_networks_are_averaged_with_the_statistics_of_their_trunks():
    whole = joined([architectures.build("tiny_vgg"), architectures.build("tiny_vgg")], [1.0, 1.0])
    mean = averaged([whole, whole], face_images(70).images)
    for trunk in (layer for layer in mean.layers if isinstance(layer, keras.Model)):
        assert all(layer.moving_mean.numpy().any() for layer in batch_norms(trunk))


def test_an_averaged_model_is_stored_and_names_its_parts(models):
    average_models("mean", ["part0", "part1"], face_images(70, seed=1), face_images(35, seed=2), models, models)
    manifest = load_model("mean", models).manifest
    assert list(manifest.training["averaged"]) == ["part0", "part1"]
    assert (manifest.architecture, manifest.mirrored_mean) == ("tiny_vgg", True)


def test_networks_of_different_architectures_cannot_be_averaged():
    parts = [architectures.build("tiny_vgg"), architectures.build("plain_vgg")]
    with pytest.raises(WrongSettings, match="one architecture"):
        averaged(parts, face_images(7).images)


def test_a_missing_part_is_named(models):
    with pytest.raises(UnknownModel, match="nowhere"):
        join_models("whole", ["part0", "nowhere"], face_images(7), models, models)
