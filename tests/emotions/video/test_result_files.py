import csv
import json

import numpy as np
import pytest

from emotions.labels import EXPRESSIONS
from emotions.video.result_files import CsvReadings, JsonLinesReadings
from emotions.video.sources import Shot
from emotions.video.tracking import TrackedFace
from emotions.video.watch import FrameResult
from tests.emotions.video.tracked import BLURRED, read_face


def seen(number: int, *faces: TrackedFace, file: str = "room.mp4") -> FrameResult:
    return FrameResult(Shot(np.zeros((240, 320, 3), np.uint8), number, number / 10, file), faces)


FIRST = TrackedFace(1, read_face(10.25))
SECOND = TrackedFace(2, read_face(200, quality=BLURRED))


def test_csv_has_a_row_for_each_face_of_each_frame(tmp_path):
    file = CsvReadings(tmp_path / "readings.csv")
    for number, faces in enumerate(([FIRST], [], [FIRST, SECOND])):
        file.write(seen(number, *faces))
    file.close()
    rows = list(csv.DictReader((tmp_path / "readings.csv").open()))
    assert [(row["frame"], row["id"]) for row in rows] == [("0", "1"), ("2", "1"), ("2", "2")]
    assert rows[0] == {
        "frame": "0", "time_s": "0.0", "file": "room.mp4", "id": "1", "x": "10.2", "y": "50", "width": "80",
        "height": "80", "score": "0.9", "expression": "happy", "uncertain": "",
        **{name: "0.94" if name == "happy" else "0.01" for name in EXPRESSIONS},
    }  # fmt: skip
    assert (rows[2]["expression"], rows[2]["uncertain"]) == ("", "too_blurred")


def test_json_lines_have_an_object_for_each_face_of_each_frame(tmp_path):
    file = JsonLinesReadings(tmp_path / "readings.jsonl")
    for number, faces in enumerate(([FIRST], [], [FIRST, SECOND])):
        file.write(seen(number, *faces))
    file.close()
    rows = [json.loads(line) for line in (tmp_path / "readings.jsonl").read_text().splitlines()]
    assert [(row["frame"], row["id"]) for row in rows] == [(0, 1), (2, 1), (2, 2)]
    assert rows[0] == {
        "frame": 0, "time_s": 0.0, "file": "room.mp4", "id": 1, "box": [10.2, 50, 80, 80], "score": 0.9,
        "expression": "happy", "uncertain": None,
        "probabilities": {name: 0.94 if name == "happy" else 0.01 for name in EXPRESSIONS},
    }  # fmt: skip


def test_readings_are_on_disk_before_the_file_is_closed(tmp_path):
    file = JsonLinesReadings(tmp_path / "readings.jsonl")
    file.write(seen(0, FIRST, SECOND))
    assert len((tmp_path / "readings.jsonl").read_text().splitlines()) == 2
    file.close()


@pytest.mark.parametrize("name", ["=1+1.png", "+1.png", "-1.png", "@sum.png", "\t=1.png"])
def test_csv_escapes_a_file_name_that_looks_like_a_formula(tmp_path, name):
    file = CsvReadings(tmp_path / "readings.csv")
    file.write(seen(0, FIRST, file=name))
    file.close()
    (row,) = csv.DictReader((tmp_path / "readings.csv").open(newline=""))
    assert row["file"] == f"'{name}"


def test_a_file_name_that_is_invalid_text_is_escaped(tmp_path):
    file = JsonLinesReadings(tmp_path / "readings.jsonl")
    file.write(seen(0, FIRST, file="caf\udce9.png"))
    file.close()
    assert "caf\\udce9.png" in (tmp_path / "readings.jsonl").read_text()


def test_without_a_frame_no_file_is_made(tmp_path):
    CsvReadings(tmp_path / "readings.csv").close()
    assert not (tmp_path / "readings.csv").exists()
