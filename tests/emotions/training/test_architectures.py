import numpy as np
import pytest

from emotions.training import architectures


@pytest.mark.parametrize("name", sorted(architectures.ARCHITECTURES))
def test_every_architecture_maps_faces_to_seven_logits(name):
    network = architectures.build(name)
    assert network.predict_on_batch(np.zeros((3, 48, 48, 1), np.float32)).shape == (3, 7)


def test_the_largest_architecture_stays_small():
    assert max(architectures.build(name).count_params() for name in architectures.ARCHITECTURES) < 5_000_000


def test_mixed_precision_leaves_the_logits_in_float32():
    network = architectures.build("tiny_vgg", dtype="mixed_bfloat16")
    assert network.get_layer("logits").compute_dtype == "float32"
    assert network.layers[1].compute_dtype == "bfloat16"


def test_an_unknown_architecture_is_refused_with_the_known_names():
    with pytest.raises(architectures.UnknownArchitecture, match=r"'resnet'.*plain_vgg"):
        architectures.build("resnet")


@pytest.mark.parametrize("name", sorted(architectures.ARCHITECTURES))
def test_weights_trained_on_smaller_crops_fit_the_whole_face(name):
    trained = architectures.build(name, side=None)
    assert trained.predict_on_batch(np.zeros((2, 40, 40, 1), np.float32)).shape == (2, 7)
    whole = architectures.build(name)
    whole.set_weights(trained.get_weights())
    faces = np.random.default_rng(0).normal(size=(2, 48, 48, 1)).astype(np.float32)
    np.testing.assert_array_equal(whole.predict_on_batch(faces), trained.predict_on_batch(faces))
