import cv2
import numpy as np

from emotions.training.copies import copies_between, most_alike
from tests.emotions.conftest import face_images


def test_copies_are_found_in_both_sets_mirrored_and_relit():
    train, validation = face_images(10, seed=1).images, face_images(5, seed=2).images
    train[2] = validation[0]
    train[5] = validation[1][:, ::-1]
    train[7] = validation[2] // 2 + 30
    in_train, in_validation = copies_between(train, validation)
    assert np.flatnonzero(in_train).tolist() == [2, 5, 7]
    assert np.flatnonzero(in_validation).tolist() == [0, 1, 2]


def test_a_blurred_other_face_is_no_copy():
    train, validation = face_images(4, seed=1).images, face_images(4, seed=2).images
    train[0] = cv2.GaussianBlur(train[0], (0, 0), 3)
    in_train, in_validation = copies_between(train, validation)
    assert not in_train.any()
    assert not in_validation.any()


def test_the_most_alike_image_is_the_copy():
    train, validation = face_images(10, seed=1).images, face_images(5, seed=2).images
    train[3] = validation[4][:, ::-1]
    places, correlations = most_alike(validation, train)
    assert places[4] == 3
    np.testing.assert_allclose(correlations[4], 1.0, atol=1e-5)
