import keras
import numpy as np
import pytest

from emotions.training.muon import ConvolutionMuon


@pytest.fixture
def updated():
    """One step from zero along a gradient of this shape, at a rate of one."""

    def step(shape: tuple[int, ...]) -> np.ndarray:
        kernel = keras.Variable(np.zeros(shape, np.float32))
        optimizer = ConvolutionMuon(1.0, weight_decay=None, adam_weight_decay=None, adam_lr_ratio=0.1)
        optimizer.apply([np.random.default_rng(0).standard_normal(shape, np.float32)], [kernel])
        return keras.ops.convert_to_numpy(kernel)

    return step


@pytest.mark.parametrize("shape", [(3, 3, 16, 32), (1, 1, 64, 16)])
def test_every_direction_of_a_kernel_moves_about_as_far(updated, shape):
    singular = np.linalg.svd(updated(shape).reshape(-1, shape[-1]), compute_uv=False)
    assert singular.max() / singular.min() < 3


def test_the_size_of_an_update_does_not_depend_on_the_shape_of_the_kernel(updated):
    for shape in ((3, 3, 16, 32), (3, 3, 64, 64)):
        assert np.sqrt((updated(shape) ** 2).mean()) == pytest.approx(0.2, rel=0.3)


@pytest.mark.parametrize("shape", [(16,), (64, 7), (3, 3, 1, 32)])
def test_all_but_the_inner_kernels_take_a_step_of_adam(updated, shape):
    np.testing.assert_allclose(np.abs(updated(shape)), 0.1, rtol=1e-2)
