import cv2
import numpy as np

from emotions.training.copies import copies_between, load_evaluation_split, most_alike
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


def test_an_evaluation_split_has_its_copies_in_training_marked(fer_folder):
    public = sorted((fer_folder / "test").rglob("PublicTest_*.png"))[3]
    (fer_folder / "train" / "sad" / "Training_copy.png").write_bytes(public.read_bytes())
    faces = load_evaluation_split(fer_folder, "validation")
    assert np.array(faces.names)[faces.copied].tolist() == [public.relative_to(fer_folder).as_posix()]
    assert load_evaluation_split(fer_folder, "train").copied is None


def test_a_source_without_training_marks_no_copies(fer_folder):
    for path in fer_folder.rglob("Training_*"):
        path.unlink()
    assert load_evaluation_split(fer_folder, "validation").copied is None


def test_the_most_alike_image_is_the_copy():
    train, validation = face_images(10, seed=1).images, face_images(5, seed=2).images
    train[3] = validation[4][:, ::-1]
    places, correlations = most_alike(validation, train)
    assert places[4] == 3
    np.testing.assert_allclose(correlations[4], 1.0, atol=1e-5)
