import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from emotions.classifier import Classifier
from emotions.training import architectures
from emotions.training.conversion import converted


@pytest.fixture(scope="module")
def network():
    network = architectures.build("tiny_vgg")
    rng = np.random.default_rng(0)
    network.set_weights([weight + rng.normal(0, 0.1, weight.shape) ** 2 for weight in network.get_weights()])
    return network


@pytest.fixture(scope="module")
def classifier(network):
    return Classifier(converted(network))


def faces(count: int) -> np.ndarray:
    return np.random.default_rng(count).normal(size=(count, 48, 48, 1)).astype(np.float32)


def test_a_converted_network_matches_the_trained_one(network, classifier):
    expected = network.predict_on_batch(faces(20))
    np.testing.assert_allclose(classifier.logits(faces(20)), expected, atol=0.02 * np.abs(expected).max())


def test_a_face_reads_the_same_alone_and_in_a_batch(classifier):
    many = faces(5)
    together = classifier.logits(many)
    alone = np.concatenate([classifier.logits(many[place : place + 1]) for place in range(5)])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_batches_of_changing_sizes_read_as_with_a_classifier_of_their_own(network, classifier):
    model = converted(network)
    for count in (1, 3, 1, 2):
        np.testing.assert_array_equal(classifier.logits(faces(count)), Classifier(model).logits(faces(count)))


def test_each_thread_reads_with_an_interpreter_of_its_own(classifier):
    counts = (1, 2, 3, 4)
    expected = [classifier.logits(faces(count)) for count in counts]
    with ThreadPoolExecutor(len(counts)) as threads:
        for logits, expected_logits in zip(threads.map(classifier.logits, map(faces, counts)), expected, strict=True):
            np.testing.assert_array_equal(logits, expected_logits)


def test_a_face_and_its_mirror_image_read_the_same_when_averaged(classifier):
    some = faces(3)
    np.testing.assert_allclose(
        classifier.mirrored_logits(some), classifier.mirrored_logits(some[:, :, ::-1]), atol=1e-5
    )


def test_a_network_trained_on_another_backend_is_converted_in_a_subprocess(network, tmp_path):
    network.save(tmp_path / "network.keras")
    command = [sys.executable, "-m", "emotions.training.conversion", str(tmp_path / "network.keras")]
    done = subprocess.run(command, check=True, capture_output=True, env={**os.environ, "KERAS_BACKEND": "tensorflow"})
    expected = Classifier(converted(network)).logits(faces(4))
    np.testing.assert_array_equal(Classifier(done.stdout).logits(faces(4)), expected)
