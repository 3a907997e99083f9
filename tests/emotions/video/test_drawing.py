import numpy as np
import pytest

from emotions.video.drawing import COLOURS, annotate, label
from emotions.video.tracking import TrackedFace
from tests.emotions.video.tracked import BLURRED, read_face


def room() -> np.ndarray:
    return np.full((240, 320, 3), 120, np.uint8)


def filled(x: int, y: int) -> int:
    """How many pixels have the colour of a happy face's box and tag."""
    drawn = annotate(room(), [TrackedFace(1, read_face(x, y, 50, "happy"))])
    return int((drawn == COLOURS["happy"]).all(axis=2).sum())


def test_label_has_id_expression_and_percent():
    assert label(TrackedFace(3, read_face(0, expression="sad", top=0.82))) == "3 sad 82%"


def test_label_of_an_uncertain_face_has_the_reason():
    assert label(TrackedFace(3, read_face(0, quality=BLURRED))) == "3 uncertain: too blurred"


def test_annotate_does_not_change_the_original():
    image = room()
    annotate(image, [TrackedFace(1, read_face(100))])
    assert (image == room()).all()


def test_annotate_without_faces_returns_an_equal_image():
    assert (annotate(room(), []) == room()).all()


@pytest.mark.parametrize(("x", "y"), [(0, 0), (270, 0), (270, 190), (0, 190)])
def test_annotate_shows_the_whole_tag_at_the_edge_of_the_frame(x, y):
    # Up to the part of the box that a tag covers.
    assert filled(x, y) == pytest.approx(filled(130, 100), abs=2 * 50)


def test_annotate_colours_differ_by_expression():
    happy, sad = (annotate(room(), [TrackedFace(1, read_face(100, 100, 60, name))]) for name in ("happy", "sad"))
    assert (happy[130, 100] != sad[130, 100]).any()


def test_annotate_fits_a_tag_into_a_narrow_frame():
    narrow = np.full((300, 60, 3), 120, np.uint8)
    drawn = annotate(narrow, [TrackedFace(1, read_face(5, 120, 50, quality=BLURRED))])
    # The tag's dark rim is there on both sides.
    assert (drawn[:, 0] == 0).all(axis=1).any()
    assert (drawn[:, 55:] == 0).all(axis=2).any()
