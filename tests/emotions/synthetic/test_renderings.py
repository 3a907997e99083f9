import numpy as np
import pytest

from emotions.synthetic.renderings import (
    EXPOSURE,
    RENDERINGS,
    SKIN_TONES,
    brightness,
    colour_cast,
    contrast,
    gamma,
    skin_tone,
)

BOX = (100, 60, 120, 120)


@pytest.fixture
def scene() -> np.ndarray:
    """Levels from 20 to 199 from left to right, the same in all colours."""
    row = np.linspace(20, 199, 320).round().astype(np.uint8)
    return np.repeat(np.tile(row, (240, 1))[..., np.newaxis], 3, axis=2)


@pytest.mark.parametrize("rendering", RENDERINGS, ids=lambda each: f"{each.name} {each.severity}")
def test_a_rendering_changes_the_scene_but_neither_its_shape_nor_the_scene_it_was_given(rendering, scene):
    before = scene.copy()
    rendered = rendering.apply(scene, BOX)
    assert (rendered.shape, rendered.dtype) == (scene.shape, np.uint8)
    assert (rendered != scene).any()
    np.testing.assert_array_equal(scene, before)


def test_brightness_multiplies_and_saturates(scene):
    np.testing.assert_array_equal(brightness(0.5).apply(scene, BOX), np.rint(scene * 0.5))
    assert brightness(1.5).apply(scene, BOX).max() == 255


def test_contrast_keeps_the_mean(scene):
    flat = contrast(0.5).apply(scene, BOX)
    assert flat.mean() == pytest.approx(scene.mean(), abs=0.5)
    assert flat.std() == pytest.approx(scene.std() / 2, rel=0.02)


def test_gamma_above_one_darkens_the_middle_tones_and_leaves_black_and_white():
    levels = np.array([[[0] * 3, [128] * 3, [255] * 3]], np.uint8)
    assert gamma(2.0).apply(levels, BOX)[0, :, 0].tolist() == [0, 64, 255]


def test_a_warm_cast_has_more_red_and_less_blue():
    grey = np.full((1, 1, 3), 100, np.uint8)
    assert colour_cast("warm", red=1.25, blue=0.6).apply(grey, BOX).ravel().tolist() == [60, 100, 125]


@pytest.mark.parametrize("tone", SKIN_TONES)
def test_a_skin_tone_gives_the_face_its_median_colour_and_leaves_the_background(tone, scene):
    rendered = skin_tone(tone).apply(scene, BOX)
    x, y, width, height = BOX
    middle = rendered[y + 30 : y + height - 30, x + 30 : x + width - 30].reshape(-1, 3)
    blue_green_red = np.array(SKIN_TONES[tone][::-1])
    np.testing.assert_allclose(np.median(middle, axis=0), EXPOSURE * blue_green_red, atol=3)
    outside = np.ones(scene.shape[:2], bool)
    outside[y : y + height, x : x + width] = False
    np.testing.assert_array_equal(rendered[outside], scene[outside])
