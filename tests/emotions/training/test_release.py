import keras
import numpy as np
import pytest

from emotions.labels import EXPRESSIONS
from emotions.quality import MIN_TOP_PROBABILITY
from emotions.registry import load_manifest
from emotions.training import architectures
from emotions.training.dataset import LabelledFaces
from emotions.training.release import release
from tests.emotions.stored import stored_metrics
from tests.emotions.test_registry import manifest

pytestmark = pytest.mark.slow
HAPPY = EXPRESSIONS.index("happy")


@pytest.fixture(scope="module")
def always_happy() -> keras.Model:
    network = architectures.build("tiny_vgg")
    kernel, bias = network.get_layer("logits").get_weights()
    bias[HAPPY] = 1.0
    network.get_layer("logits").set_weights([kernel * 0, bias])
    return network


def clear_faces(*labels: int) -> LabelledFaces:
    images = np.random.default_rng(0).integers(0, 256, (len(labels), 48, 48), dtype=np.uint8)
    return LabelledFaces(images, np.array(labels), ("",) * len(labels))


def test_release_takes_the_threshold_of_uncertain_from_the_curve_when_enough_is_answered(always_happy, tmp_path):
    release(always_happy, manifest("sure"), clear_faces(*[HAPPY] * 9, 0), tmp_path)
    answered = stored_metrics("sure", tmp_path)["answered"]
    assert (answered["share"], answered["accuracy"]) == (1.0, 0.9)
    assert load_manifest("sure", tmp_path).uncertain_below == answered["uncertain_below"] > MIN_TOP_PROBABILITY


def test_release_keeps_the_low_threshold_when_too_little_can_be_answered(always_happy, tmp_path):
    release(always_happy, manifest("unsure"), clear_faces(HAPPY, 0, 1, 2), tmp_path)
    assert stored_metrics("unsure", tmp_path)["answered"]["enough"] is False
    assert load_manifest("unsure", tmp_path).uncertain_below == MIN_TOP_PROBABILITY
