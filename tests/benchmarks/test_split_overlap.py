import numpy as np
import pytest

from benchmarks.split_overlap import in_words, measure
from emotions.training.dataset import LabelledFaces
from tests.emotions.conftest import face_images


def noise(count: int, seed: int) -> LabelledFaces:
    images = np.random.default_rng(seed).integers(0, 256, (count, 48, 48), dtype=np.uint8)
    return LabelledFaces(images, np.arange(count) % 7, tuple(f"{place}.png" for place in range(count)))


def test_copies_are_counted_and_their_labels_count_as_known_by_heart():
    train, split = noise(20, seed=0), noise(10, seed=1)
    split.images[:4] = train.images[[3, 4, 5, 6], :, ::-1]
    split.labels[:4] = [*train.labels[[3, 4, 5]], (train.labels[6] + 1) % 7]
    figures = measure(train, split, "")
    assert (figures["images"], figures["copies"], figures["copies_labelled_alike"]) == (10, 4, 0.75)
    right_elsewhere = figures["accuracy_others"] * 6
    assert figures["accuracy_by_heart"] == pytest.approx((3 + right_elsewhere) / 10, abs=1e-3)
    assert figures["accuracy"] == pytest.approx((figures["accuracy_copies"] * 4 + right_elsewhere) / 10, abs=1e-3)
    assert in_words(figures).startswith("4 of 10 images have a copy in Training, labelled alike in 75.0%.")


def test_without_copies_there_is_nothing_to_know_by_heart():
    figures = measure(noise(20, seed=0), face_images(14), "")
    assert figures["copies"] == 0
    assert figures["accuracy_copies"] is None
    assert figures["accuracy_by_heart"] == figures["accuracy"]
    assert in_words(figures) == "None of the 14 images has a copy in Training."
