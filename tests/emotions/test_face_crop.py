import math

import pytest

from emotions.face_crop import FaceCrop, crop_place, picture_size


@pytest.mark.parametrize(
    ("box", "place"),
    [
        ((100.0, 60.0, 80.0, 80.0), (76, 36, 128, 128)),
        ((100.0, 60.0, 40.0, 80.0), (56, 36, 128, 128)),
        ((100.25, 60.25, 10.0, 10.0), (97, 57, 17, 17)),
        ((-10.0, -20.0, 100.0, 100.0), (0, 0, 120, 110)),
        ((-100.0, -100.0, 500.0, 500.0), (0, 0, 320, 240)),
    ],
)
def test_place_is_a_square_around_the_box_within_the_frame(box, place):
    assert crop_place(box, 320, 240) == place


@pytest.mark.parametrize(
    ("size", "scaled"),
    [
        ((128, 128), (128, 128)),
        ((17, 9), (17, 9)),
        ((240, 240), (128, 128)),
        ((320, 240), (128, 96)),
        ((1280, 2), (128, 1)),
    ],
)
def test_picture_has_at_most_128_pixels_a_side(size, scaled):
    assert picture_size((5, 6, *size)) == scaled


def test_roll_is_the_lean_of_the_eyes():
    face = FaceCrop((0.0, 0.0, 9.0, 9.0), 1.0, ((2.0, 3.0), (5.0, 6.0)), (0, 0, 12, 12), b"")
    assert face.roll == pytest.approx(math.pi / 4)
