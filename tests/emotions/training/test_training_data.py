import dataclasses

import numpy as np
import pytest

from emotions.preprocessing import softmax
from emotions.training.config import Distillation, TrainingConfig, WeightedTeacher, WrongSettings
from emotions.training.dataset import EmptySplit
from emotions.training.training_data import ExampleSource, TrainingData, load_data
from emotions.training.transfer import TransferSet
from tests.emotions.conftest import face_images

NOT_ANSWERED = np.full(7, np.nan, np.float32)


def test_load_data_counts_the_copies_it_removes(fer_folder):
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


def test_a_limit_draws_faces_of_every_expression(fer_folder):
    whole = load_data(fer_folder)
    limited = load_data(fer_folder, limit=len(whole.train) - 1)
    assert len(limited.train) == len(whole.train) - 1
    assert limited.removed == whole.removed


def test_load_data_finds_the_validation_images_with_a_copy_in_training(fer_folder):
    public = sorted((fer_folder / "test").rglob("PublicTest_*.png"))[3]
    (fer_folder / "train" / "sad" / "Training_copy.png").write_bytes(public.read_bytes())
    data = load_data(fer_folder)
    names = np.array(data.validation.names)[data.validation.copied]
    assert names.tolist() == [public.relative_to(fer_folder).as_posix()]


def test_a_limit_does_not_change_which_validation_images_have_a_copy(fer_folder):
    public = next((fer_folder / "test").rglob("PublicTest_*.png"))
    (fer_folder / "train" / "sad" / "Training_copy.png").write_bytes(public.read_bytes())
    assert load_data(fer_folder, limit=3).validation.copied.sum() == 1


@pytest.fixture
def data() -> TrainingData:
    """Three faces in two views: the second teacher answered only about the first face's second view, and nobody about
    the third face."""
    faces = face_images(3)
    rng = np.random.default_rng(0)
    views = [face_images(3, seed=seed).images for seed in (1, 2)]
    one = rng.normal(size=(2, 3, 7)).astype(np.float32)
    two = np.full((2, 3, 7), np.nan, np.float32)
    two[1, 0] = rng.normal(size=7)
    one[:, 2] = NOT_ANSWERED
    one[0, 1] = NOT_ANSWERED
    transfer = TransferSet({"seed": 0}, views, {"one": one, "two": two})
    return TrainingData(faces, face_images(3), removed=0, transfer=transfer)


CONFIG = TrainingConfig(
    label_smoothing=0.0,
    distillation=Distillation((WeightedTeacher("one", 2.0), WeightedTeacher("two", 1.0, temperature=1.6)), alpha=0.25),
)


def epochs(data, config=CONFIG):
    source = ExampleSource(data, config)
    return [source.examples(epoch) for epoch in range(8)]


def test_targets_mix_the_label_with_the_teachers_that_answered_about_the_view(data):
    logits = data.transfer.logits
    one, two = softmax(logits["one"]), softmax(logits["two"], 1.6)
    means = {0: one[0, 0], 1: (2 * one[1, 0] + two[1, 0]) / 3}
    seen = set()
    for examples in epochs(data):
        view = next(view for view in (0, 1) if (examples.images[0] == data.transfer.views[view][0]).all())
        seen.add(view)
        expected = 0.25 * np.eye(7)[data.train.labels[0]] + 0.75 * means[view]
        np.testing.assert_allclose(examples.labels[0], expected, atol=1e-6)
    assert seen == {0, 1}


def test_only_answered_views_are_shown(data):
    for examples in epochs(data):
        assert len(examples.images) == 2
        np.testing.assert_array_equal(examples.images[1], data.transfer.views[1][1])


def test_an_alpha_of_one_leaves_the_labels_alone(data):
    alone = dataclasses.replace(CONFIG, distillation=dataclasses.replace(CONFIG.distillation, alpha=1.0))
    np.testing.assert_array_equal(epochs(data, alone)[0].labels, np.eye(7)[data.train.labels[:2]])


def test_an_epoch_repeats_its_views(data):
    for first, second in zip(epochs(data), epochs(data), strict=True):
        np.testing.assert_array_equal(first.images, second.images)


def test_label_smoothing_reaches_labels_only(data):
    smoothed = dataclasses.replace(CONFIG, label_smoothing=0.1)
    rows = epochs(data, smoothed)[0].labels - epochs(data)[0].labels
    expected = 0.25 * 0.1 * (1 / 7 - np.eye(7)[data.train.labels[:2]])
    np.testing.assert_allclose(rows, expected, atol=1e-6)


def test_distillation_without_a_transfer_set_is_refused(data):
    with pytest.raises(WrongSettings, match="needs a transfer set"):
        ExampleSource(dataclasses.replace(data, transfer=None), CONFIG)


def test_the_fingerprint_ignores_views_that_were_added(data):
    more = dataclasses.replace(data.transfer, views=[*data.transfer.views, data.transfer.views[0]])
    assert dataclasses.replace(data, transfer=more).fingerprint() == data.fingerprint()
    other = dataclasses.replace(data.transfer, settings={"seed": 1})
    assert dataclasses.replace(data, transfer=other).fingerprint() != data.fingerprint()
