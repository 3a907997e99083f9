from dataclasses import replace

import cv2
import numpy as np
import pytest

from emotions.training.augmentation import UNVARIED, Augmentation, augmented, mixed
from tests.emotions.conftest import face_images


@pytest.fixture
def faces() -> np.ndarray:
    return face_images(6).images


def varied(faces: np.ndarray, settings: Augmentation, seed: int = 0) -> np.ndarray:
    return augmented(faces, settings, np.random.default_rng(seed))


def test_augmented_changes_nothing_with_everything_off(faces):
    np.testing.assert_array_equal(varied(faces, UNVARIED), faces)


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


def test_augmented_adds_the_grain_of_a_dim_room_in_proportion_to_the_face(faces):
    grain = varied(faces, replace(UNVARIED, grainy=1)) - faces.astype(float)
    faint = varied((faces // 4 + 90).astype(np.uint8), replace(UNVARIED, grainy=1)) - (faces // 4 + 90).astype(float)
    assert 0.05 * faces.std() < grain.std() < 0.7 * faces.std()
    assert faint.std() < grain.std() / 2


def test_augmented_grain_spares_the_faces_it_is_not_meant_for(faces):
    np.testing.assert_array_equal(varied(faces, replace(UNVARIED, grainy=1e-9)), faces)


def test_augmented_takes_a_face_out_of_focus(faces):
    sharp = np.tile(np.uint8([0, 255]), (3, 48, 24))
    assert varied(sharp, replace(UNVARIED, blurred=1)).std() < sharp.std() / 2


def test_a_crop_is_the_middle_of_the_face(faces):
    cropped = augmented(faces, UNVARIED, np.random.default_rng(0), crop=40)
    np.testing.assert_array_equal(cropped, faces[:, 4:44, 4:44])


def test_a_smaller_picture_shows_the_same_part_of_the_face(faces):
    """The middle 40 pixels, scaled to 32: the same as if OpenCV shrank them, except for the interpolation."""
    small = augmented(faces, UNVARIED, np.random.default_rng(0), crop=32, zoom=0.8).astype(float)
    shrunk = np.stack([cv2.resize(face[4:44, 4:44], (32, 32), interpolation=cv2.INTER_LINEAR) for face in faces])
    assert np.abs(small - shrunk).mean() < 1


def test_a_stronger_augmentation_moves_faces_further_but_makes_no_more_of_them_grainy():
    usual = Augmentation(grainy=0.1)
    strong = usual.stronger(1.5)
    assert strong.rotation_degrees == usual.rotation_degrees * 1.5
    assert strong.erased == pytest.approx(usual.erased * 1.5)
    assert (strong.grainy, strong.mirrored) == (usual.grainy, usual.mirrored)


def test_mixed_blends_the_rows_of_every_array_alike():
    rows = np.arange(40, dtype=np.float32)
    images = np.repeat(rows, 4).reshape(40, 2, 2, 1)
    first, second = mixed([images, rows], 0.4, np.random.default_rng(0))
    np.testing.assert_allclose(first[:, 0, 0, 0], second, rtol=1e-5)
    np.testing.assert_allclose(first[:, 1, 1, 0], second, rtol=1e-5)
    assert 0 <= second.min() < second.max() <= 39
    assert (second != rows).any()


def test_mixed_changes_nothing_at_strength_zero():
    rows = np.arange(4, dtype=np.float32)
    assert mixed([rows], 0.0, np.random.default_rng(0))[0] is rows
