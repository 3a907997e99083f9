import numpy as np
import pytest

from emotions.training import robustness
from emotions.training.robustness import DISTURBANCES
from tests.emotions.conftest import face_images


@pytest.fixture
def faces() -> np.ndarray:
    return face_images(4).images


@pytest.mark.parametrize("disturbance", DISTURBANCES, ids=lambda each: each.name)
def test_each_step_moves_pictures_further_from_the_original(disturbance, faces):
    changes = [
        np.abs(disturbance.apply(faces, severity).astype(float) - faces).mean() for severity in disturbance.severities
    ]
    if disturbance.name == "gamma":  # below 1 is the other direction, not a milder step
        changes = changes[1:]
    assert changes == sorted(changes)
    assert changes[0] > 0


@pytest.mark.parametrize("disturbance", DISTURBANCES, ids=lambda each: each.name)
def test_pictures_keep_their_shape_and_type_and_repeat(disturbance, faces):
    once, again = (disturbance.apply(faces, disturbance.severities[0]) for _ in range(2))
    assert (once.shape, once.dtype) == (faces.shape, np.uint8)
    np.testing.assert_array_equal(once, again)


def test_dimmed_leaves_the_given_share_of_the_light(faces):
    assert robustness.dimmed(faces, 0.25).mean() == pytest.approx(faces.mean() / 4, rel=0.05)


def test_covered_hides_only_the_lower_part(faces):
    half = robustness.covered(faces, 0.5)
    np.testing.assert_array_equal(half[:, :24], faces[:, :24])
    assert (half[:, 24:] == 128).all()
