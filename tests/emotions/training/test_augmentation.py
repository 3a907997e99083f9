import numpy as np
import pytest

from emotions.training.augmentation import Augmentation, augmented

from ..conftest import face_images

NOTHING = Augmentation(mirrored=0, rotation_degrees=0, scale=0, shift=0, gamma=0, noise=0, erased=0)


@pytest.fixture
def faces() -> np.ndarray:
    return face_images(6).images


def varied(faces: np.ndarray, settings: Augmentation, seed: int = 0) -> np.ndarray:
    return augmented(faces, settings, np.random.default_rng(seed))


def test_augmented_changes_nothing_with_everything_off(faces):
    np.testing.assert_array_equal(varied(faces, NOTHING), faces)


def test_augmented_repeats_for_the_same_generator_state(faces):
    np.testing.assert_array_equal(varied(faces, Augmentation()), varied(faces, Augmentation()))
    assert (varied(faces, Augmentation()) != varied(faces, Augmentation(), seed=1)).any()


def test_augmented_leaves_the_originals_alone(faces):
    before = faces.copy()
    varied(faces, Augmentation(mirrored=0, rotation_degrees=0, scale=0, shift=0, erased=1))
    np.testing.assert_array_equal(faces, before)


def test_augmented_mirrors(faces):
    always = Augmentation(mirrored=1, rotation_degrees=0, scale=0, shift=0, gamma=0, noise=0, erased=0)
    np.testing.assert_array_equal(varied(faces, always), faces[:, :, ::-1])


def test_augmented_erases_a_rectangle_of_one_grey(faces):
    settings = Augmentation(mirrored=0, rotation_degrees=0, scale=0, shift=0, gamma=0, noise=0, erased=1)
    changed = varied(faces, settings) != faces
    assert 0.005 < changed.mean() < 0.25


def test_augmented_keeps_shape_and_type(faces):
    result = varied(faces, Augmentation())
    assert result.shape == faces.shape
    assert result.dtype == np.uint8
