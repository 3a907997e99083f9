import cv2
import numpy as np
import pytest

from emotions.labels import EXPRESSIONS
from emotions.preprocessing import FACE_SIDE
from emotions.synthetic import fairness
from emotions.synthetic.renderings import RENDERINGS
from emotions.training.dataset import LabelledFaces

HAPPY, SAD = EXPRESSIONS.index("happy"), EXPRESSIONS.index("sad")


@pytest.fixture(scope="module")
def figures(recogniser, frame):
    """The figures of the smiling portrait twice (once labelled sad and as a copy) and of a wall."""
    portrait = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)[10:100, 90:180]
    face = cv2.resize(portrait, (FACE_SIDE, FACE_SIDE), interpolation=cv2.INTER_AREA)
    images = np.stack([face, face, np.full_like(face, 128)])
    faces = LabelledFaces(images, np.array([HAPPY, SAD, HAPPY]), ("",) * 3, copied=np.array([False, True, False]))
    return fairness.probe(recogniser, faces, 3)


def test_a_probe_shows_the_faces_unchanged_and_under_every_rendering(figures):
    names = [(row["rendering"], row["severity"]) for row in figures]
    assert names == [("none", ""), *((each.name, each.severity) for each in RENDERINGS)]


def test_a_probe_counts_what_is_found_and_read_by_expression(figures):
    unchanged = figures[0]
    assert (unchanged["faces"], unchanged["found"], unchanged["accuracy"]) == (3, 0.6667, 0.5)
    assert unchanged["accuracy_without_copies"] == 1.0
    assert unchanged["classes"]["happy"] == {"faces": 2, "found": 0.5, "recall": 1.0}
    assert unchanged["classes"]["sad"] == {"faces": 1, "found": 1.0, "recall": 0.0}
    assert unchanged["classes"]["fear"] == {"faces": 0, "found": None, "recall": None}


def test_a_probe_without_copies_looked_up_gives_no_figure_for_them(recogniser):
    wall = LabelledFaces(np.full((1, FACE_SIDE, FACE_SIDE), 128, np.uint8), np.array([HAPPY]), ("",))
    row = fairness.probe(recogniser, wall, 1)[0]
    assert (row["found"], row["accuracy"], row["accuracy_without_copies"]) == (0.0, None, None)


def test_the_section_has_a_row_for_every_rendering_with_empty_cells_for_no_faces(figures):
    lines = fairness.section(figures).splitlines()
    assert lines[0] == "## Fairness probe"
    assert sum(line.startswith(tuple(f"| {each.name} " for each in RENDERINGS)) for line in lines) == len(RENDERINGS)
    assert "| faces | | | | | 0 | 0 | 0 | 2 | 0 | 1 | 0 |" in lines
    assert "| none |  | 0.667 | 0.500 | 1.000 |  |  |  | 1.000 |  | 0.000 |  |" in lines
