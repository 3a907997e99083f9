import numpy as np
import pytest

from emotions import architectures


@pytest.mark.parametrize("name", sorted(architectures.ARCHITECTURES))
def test_every_architecture_maps_faces_to_seven_logits(name):
    network = architectures.build(name)
    assert network.predict_on_batch(np.zeros((3, 48, 48, 1), np.float32)).shape == (3, 7)


def test_plain_vgg_stays_small():
    assert architectures.build("plain_vgg").count_params() < 1_300_000


def test_mixed_precision_leaves_the_logits_in_float32():
    network = architectures.build("tiny_vgg", dtype="mixed_bfloat16")
    assert network.get_layer("logits").compute_dtype == "float32"
    assert network.layers[1].compute_dtype == "bfloat16"


def test_an_unknown_architecture_is_refused_with_the_names_there_are():
    with pytest.raises(architectures.UnknownArchitecture, match=r"'resnet'.*plain_vgg"):
        architectures.build("resnet")
