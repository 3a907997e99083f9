import numpy as np
import pytest

from emotions.preprocessing import Crop, crop_face, mirrored_mean, normalise, softmax, with_mirrored

WHOLE = Crop(scale=1.0, rise=0.0)


@pytest.fixture
def face() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8)


def test_normalise_gives_mean_zero_and_deviation_one(face):
    normal = normalise(face[np.newaxis])
    assert normal.shape == (1, 48, 48, 1)
    assert normal.dtype == np.float32
    assert normal.mean() == pytest.approx(0, abs=1e-5)
    assert normal.std() == pytest.approx(1, abs=1e-5)


def test_normalise_is_by_the_mean_and_the_deviation_of_each_image():
    faces = np.random.default_rng(1).integers(0, 256, (40, 48, 48), dtype=np.uint8)
    grey = faces.astype(np.float32)
    mean, deviation = grey.mean(axis=(1, 2), keepdims=True), grey.std(axis=(1, 2), keepdims=True)
    np.testing.assert_array_max_ulp(normalise(faces)[..., 0], (grey - mean) / deviation, maxulp=2)


def test_normalise_removes_brightness_and_contrast(face):
    np.testing.assert_allclose(normalise(face[np.newaxis]), normalise(face[np.newaxis] * 0.25 + 10), atol=1e-4)


def test_normalise_leaves_an_even_image_at_zero():
    assert (normalise(np.full((1, 48, 48), 200, np.uint8)) == 0).all()


def test_crop_face_of_its_own_size_is_the_box_unchanged(face):
    frame = np.zeros((100, 120), np.uint8)
    frame[30:78, 40:88] = face
    np.testing.assert_array_equal(crop_face(frame, (40, 30, 48, 48), WHOLE), face)


def test_crop_face_averages_a_larger_box(face):
    frame = np.kron(face, np.ones((3, 3), np.uint8))
    np.testing.assert_array_equal(crop_face(frame, (0, 0, 144, 144), WHOLE), face)


def test_crop_face_widens_about_the_centre_and_moves_up():
    frame = np.tile(np.arange(200, dtype=np.uint8)[:, np.newaxis], (1, 200))
    # Side 48 x 2 = 96 about row 100, risen by a tenth of 96: rows 42.4 to 138.4.
    rows = crop_face(frame, (76, 76, 48, 48), Crop(scale=2.0, rise=0.1))[:, 24]
    assert rows[0] == pytest.approx(42.9, abs=1)
    assert rows[-1] == pytest.approx(136.9, abs=1)


def test_crop_face_repeats_the_border_beyond_the_frame():
    frame = np.full((60, 60), 77, np.uint8)
    assert (crop_face(frame, (-30, -30, 80, 80), WHOLE) == 77).all()


@pytest.mark.parametrize("left", [0, 20_000, 39_952])
def test_crop_face_cuts_the_same_from_a_panorama(left):
    frame = np.random.default_rng(0).integers(0, 256, (60, 40_000), dtype=np.uint8)
    start = min(max(0, left - 100), 40_000 - 200)
    expected = crop_face(frame[:, start : start + 200], (left - start, 6, 48, 48), Crop(1.1, 0.05), roll=0.3)
    np.testing.assert_array_equal(crop_face(frame, (left, 6, 48, 48), Crop(1.1, 0.05), roll=0.3), expected)


def test_crop_face_turns_a_leaning_face_upright():
    frame = np.zeros((101, 101), np.uint8)
    frame[49:52, :] = 255
    leaning = crop_face(frame.T.copy(), (26.5, 26.5, 48, 48), WHOLE, roll=np.pi / 2)
    assert (leaning[23:25] > 100).all()
    assert (leaning[:20] == 0).all()


def test_mirrored_mean_averages_a_face_with_its_mirror_image(face):
    batch = normalise(np.stack([face, face.T]))
    both = with_mirrored(batch)
    assert both.shape == (4, 48, 48, 1)
    np.testing.assert_array_equal(both[3], batch[1][:, ::-1])
    logits = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0], [6.0, 7.0]], np.float32)
    np.testing.assert_array_equal(mirrored_mean(logits), [[2.0, 3.0], [4.0, 5.0]])


def test_softmax_is_flatter_at_a_higher_temperature():
    logits = np.array([[1000.0, 1001.0]], np.float32)
    np.testing.assert_allclose(softmax(logits), [[0.2689414, 0.7310586]], rtol=1e-5)
    np.testing.assert_allclose(softmax(logits, 2.0), [[0.3775407, 0.6224593]], rtol=1e-5)
