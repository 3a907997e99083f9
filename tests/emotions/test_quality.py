import cv2
import numpy as np
import pytest

from emotions.quality import FaceQuality, doubt, measure

SURE = (0.0, 0.0, 0.0, 0.9, 0.1, 0.0, 0.0)
FLAT = (0.14, 0.14, 0.14, 0.16, 0.14, 0.14, 0.14)
GOOD = FaceQuality(size_px=80.0, brightness=0.5, sharpness=0.4)


def test_a_good_face_read_clearly_is_not_doubted():
    assert doubt(GOOD, SURE) is None


@pytest.mark.parametrize(
    ("quality", "probabilities", "reason"),
    [
        (FaceQuality(20.0, 0.5, 0.4), SURE, "too_small"),
        (FaceQuality(80.0, 0.02, 0.4), SURE, "too_dark"),
        (FaceQuality(80.0, 0.89, 0.4), SURE, "too_bright"),
        (FaceQuality(80.0, 0.5, 0.01), SURE, "too_blurred"),
        (GOOD, FLAT, "flat"),
        (FaceQuality(20.0, 0.02, 0.01), FLAT, "too_small"),
    ],
)
def test_doubt_names_the_first_reason(quality, probabilities, reason):
    assert doubt(quality, probabilities) == reason


def test_a_reading_below_the_networks_threshold_is_flat():
    assert doubt(GOOD, SURE, uncertain_below=0.9) is None
    assert doubt(GOOD, SURE, uncertain_below=0.91) == "flat"


@pytest.fixture
def crop() -> np.ndarray:
    return np.random.default_rng(0).integers(40, 200, (48, 48), dtype=np.uint8)


def test_measure_takes_the_longer_side_and_the_mean_brightness(crop):
    quality = measure(crop, (5, 5, 60, 40))
    assert quality.size_px == 60
    assert quality.brightness == pytest.approx(crop.mean() / 255)


@pytest.mark.parametrize(("scale", "size_px"), [(1.0, 60), (0.6, 60), (0.25, 30), (0.1, 12)])
def test_measured_size_counts_what_the_detector_saw(crop, scale, size_px):
    assert measure(crop, (5, 5, 60, 40), scale).size_px == pytest.approx(size_px)


def test_measured_sharpness_drops_with_blur(crop):
    blurred = cv2.GaussianBlur(crop, (0, 0), 2)
    assert measure(blurred, (0, 0, 60, 60)).sharpness < 0.2 * measure(crop, (0, 0, 60, 60)).sharpness


def test_measured_sharpness_does_not_depend_on_the_light(crop):
    dim = (crop * 0.5).astype(np.uint8)
    assert measure(dim, (0, 0, 60, 60)).sharpness == pytest.approx(measure(crop, (0, 0, 60, 60)).sharpness, rel=0.02)


def test_measured_sharpness_of_an_even_crop_is_zero():
    assert measure(np.full((48, 48), 90, np.uint8), (0, 0, 60, 60)).sharpness == 0
