import numpy as np

from benchmarks.exposure import in_words, measure_exposure
from emotions.registry import load_model
from tests.emotions.conftest import face_images


def test_faces_are_counted_by_the_brightness_that_more_light_gives_them():
    faces = face_images(7)
    rows = measure_exposure(load_model(), faces)
    brightness = [np.clip(np.rint(faces.images * light), 0, 255).mean(axis=(1, 2)) / 255 for light in (1.0, 12.0)]
    assert sum(row["faces"] for row in rows) == 7 * 8
    assert rows[0]["brightness"][0] <= brightness[0].min()
    assert rows[-1]["brightness"][0] <= brightness[1].max() <= rows[-1]["brightness"][1]
    assert [row["accuracy"] is None for row in rows] == [row["certain"] == 0 for row in rows]


def test_the_table_has_a_line_for_each_step():
    row = {"brightness": [0.84, 0.88], "faces": 669, "certain": 0.776, "accuracy": 0.516, "confidence": 0.599}
    assert in_words([row]).splitlines()[1] == "   0.84-0.88     669    77.6%     51.6%       59.9%"
