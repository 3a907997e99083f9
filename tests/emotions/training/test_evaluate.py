from dataclasses import replace

import numpy as np
import pytest

from emotions.labels import EXPRESSIONS
from emotions.preprocessing import softmax
from emotions.training.dataset import LabelledFaces
from emotions.training.evaluate import (
    GROUPS,
    balanced_held_out,
    fitted_offsets,
    fitted_temperature,
    metrics,
    negative_log_likelihood,
)


def faces_labelled(*labels: str) -> LabelledFaces:
    places = np.array([EXPRESSIONS.index(label) for label in labels])
    return LabelledFaces(np.zeros((len(labels), 48, 48), np.uint8), places, ("",) * len(labels))


def logits_for(*predictions: str) -> np.ndarray:
    return np.array([[5.0 if name == predicted else 0.0 for name in EXPRESSIONS] for predicted in predictions])


@pytest.fixture
def figures() -> dict:
    faces = faces_labelled("happy", "happy", "sad", "fear")
    return metrics(logits_for("happy", "sad", "sad", "surprise"), faces, split="test", model="m")


def test_metrics_name_what_was_measured(figures):
    assert (figures["split"], figures["model"], figures["images"]) == ("test", "m", 4)
    assert figures["labels"] == list(EXPRESSIONS)


def test_metrics_count_accuracy_and_macro_f1(figures):
    assert figures["accuracy"] == 0.5
    # Happy 2/3 and sad 2/3, the other five 0.
    assert figures["macro_f1"] == pytest.approx(4 / 3 / 7, abs=1e-4)


def test_metrics_describe_each_class(figures):
    assert figures["per_class"]["happy"] == {"precision": 1.0, "recall": 0.5, "f1": 0.6667, "support": 2}
    assert figures["per_class"]["disgust"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0}


def test_confusion_matrix_has_true_rows_and_predicted_columns(figures):
    matrix = np.array(figures["confusion_matrix"])
    happy, sad, fear, surprise = (EXPRESSIONS.index(name) for name in ("happy", "sad", "fear", "surprise"))
    assert matrix.sum() == 4
    assert (matrix[happy, happy], matrix[happy, sad], matrix[sad, sad], matrix[fear, surprise]) == (1, 1, 1, 1)


def test_calibration_error_is_the_gap_between_confidence_and_accuracy(figures):
    confidence = float(softmax(logits_for("happy")).max())
    assert figures["ece"] == pytest.approx(confidence - 0.5, abs=1e-4)


def test_metrics_without_copies_leave_the_copies_out():
    faces = faces_labelled("happy", "happy", "sad", "fear")
    marked = replace(faces, copied=np.array([True, False, False, False]))
    figures = metrics(logits_for("happy", "sad", "sad", "surprise"), marked, split="test", model="m")
    # Sad 2/3, the other six 0.
    assert figures["without_copies"] == {"images": 3, "accuracy": 0.3333, "macro_f1": 0.0952}


def test_metrics_without_copies_are_missing_where_copies_were_not_looked_up(figures):
    assert figures["without_copies"] is None


def test_coverage_counts_the_most_certain_faces():
    """Ten faces, less and less certain; the seventh and the last are misread."""
    faces = faces_labelled(*["happy"] * 10)
    logits = logits_for(*["happy"] * 6, "sad", "happy", "happy", "sad") * np.linspace(1.0, 0.1, 10)[:, np.newaxis]
    assert metrics(logits, faces, split="test", model="m")["coverage"] == {
        "1.0": 0.8,
        "0.9": 0.8889,
        "0.8": 0.875,
        "0.7": 0.8571,
    }


def clear_faces(*labels: str) -> LabelledFaces:
    images = np.random.default_rng(0).integers(0, 256, (len(labels), 48, 48), dtype=np.uint8)
    return replace(faces_labelled(*labels), images=images)


def test_answered_is_the_largest_share_of_which_four_fifths_are_right():
    """Ten faces, less and less certain; the last six are misread."""
    logits = logits_for(*["happy"] * 4, *["sad"] * 6) * np.linspace(1.0, 0.1, 10)[:, np.newaxis]
    answered = metrics(logits, clear_faces(*["happy"] * 10), split="test", model="m")["answered"]
    fifth = float(softmax(logits).max(axis=1)[4])
    threshold = answered.pop("uncertain_below")
    assert answered == {"clear": 10, "share": 0.5, "accuracy": 0.8, "enough": False}
    assert fifth - 1e-4 < threshold <= fifth


def test_answered_is_enough_from_four_fifths_of_the_clear_faces():
    faces = clear_faces(*["happy"] * 10)
    # The tenth and eleventh faces are too dark to be clear.
    images = np.concatenate([faces.images, np.zeros((2, 48, 48), np.uint8)])
    with_dark = LabelledFaces(images, np.append(faces.labels, [0, 0]), ("",) * 12)
    logits = logits_for(*["happy"] * 7, *["sad"] * 3, "happy", "happy") * np.linspace(1.0, 0.1, 12)[:, np.newaxis]
    answered = metrics(logits, with_dark, split="test", model="m")["answered"]
    assert (answered["clear"], answered["share"], answered["accuracy"], answered["enough"]) == (10, 0.8, 0.875, True)


def test_answered_is_nothing_for_a_network_that_is_always_wrong():
    answered = metrics(logits_for("sad"), clear_faces("happy"), split="test", model="m")["answered"]
    assert answered == {"clear": 1, "share": 0.0, "accuracy": None, "uncertain_below": None, "enough": False}


def test_groups_count_a_negative_expression_taken_for_another_one():
    faces = faces_labelled("sad", "sad", "angry", "happy")
    figures = metrics(logits_for("angry", "neutral", "fear", "happy"), faces, split="test", model="m")
    assert figures["accuracy"] == 0.25
    assert figures["groups"]["accuracy"] == 0.75
    assert figures["groups"]["recall"] == {"happy": 1.0, "neutral": 0.0, "negative": 0.6667, "surprise": 0.0}


def test_every_expression_is_in_one_group():
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(EXPRESSIONS)


def test_fitted_temperature_calms_an_overconfident_network():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 7, 2000)
    logits = np.eye(7)[labels] * 2.0 + rng.gumbel(size=(2000, 7))
    temperature = fitted_temperature(logits * 2.5, labels)
    assert temperature > 1.5
    assert negative_log_likelihood(logits * 2.5, labels, temperature) < negative_log_likelihood(logits * 2.5, labels)


def test_offsets_bring_a_rare_class_up_to_its_frequency_and_beyond():
    """Logits that know the class but are less sure of class 0 than its ten in seventy images warrant."""
    labels = np.repeat(np.arange(7), 10)
    rng = np.random.default_rng(0)
    logits = (2.0 * np.eye(7)[labels] + rng.normal(0, 1, (70, 7))).astype(np.float32)
    logits[:, 0] -= 3.0
    offsets = fitted_offsets(logits, labels, balance=0.0)
    assert offsets[0] - offsets[1:].mean() == pytest.approx(3.0, abs=0.8)
    assert ((logits + offsets).argmax(axis=1) == labels).mean() > (logits.argmax(axis=1) == labels).mean()


def test_held_out_figures_use_images_that_the_offsets_were_not_fitted_to():
    """On random logits, offsets fitted to the images themselves seem better than a guess, but not held-out ones."""
    rng = np.random.default_rng(0)
    labels, logits = rng.integers(0, 7, 140), rng.normal(0, 1, (140, 7)).astype(np.float32)
    fitted = (logits + fitted_offsets(logits, labels, 0.0)).argmax(axis=1)
    held_out = balanced_held_out(logits, labels, 0.0)
    assert held_out["accuracy"] < (fitted == labels).mean()
    assert 0 < held_out["macro_f1"] < 0.3


def test_more_balance_favours_the_rare_class():
    labels = np.array([0] * 5 + [1, 2, 3, 4, 5, 6] * 20)
    logits = np.random.default_rng(1).normal(0, 1, (len(labels), 7)).astype(np.float32)
    plain, balanced = fitted_offsets(logits, labels, 0.0), fitted_offsets(logits, labels, 1.0)
    assert balanced[0] - balanced[1:].mean() > plain[0] - plain[1:].mean()
