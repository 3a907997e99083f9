import json
import os
from io import BytesIO, StringIO, TextIOWrapper

import cv2
import numpy as np
import pytest
from django.core.management import CommandError, call_command

from emotions.labels import EXPRESSIONS
from tests.emotions.conftest import HEIC


@pytest.fixture
def pictures(tmp_path, frame):
    (tmp_path / "inner").mkdir()
    cv2.imwrite(str(tmp_path / "a.jpg"), frame)
    cv2.imwrite(str(tmp_path / "inner" / "b.png"), np.full((100, 100, 3), 127, np.uint8))
    (tmp_path / "notes.txt").write_text("no image")
    return tmp_path


def analyse(*arguments: str) -> list[dict]:
    out = StringIO()
    call_command("analyse_images", *arguments, "--json", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_analyse_images_prints_a_row_per_image_of_a_folder(pictures):
    with_face, without = analyse(str(pictures))
    assert (without["path"], without["faces"], without["error"]) == (str(pictures / "inner" / "b.png"), [], None)
    (face,) = with_face["faces"]
    assert with_face["path"] == str(pictures / "a.jpg")
    assert face["expression"] == "happy"
    assert list(face["probabilities"]) == list(EXPRESSIONS)
    assert [type(value) for value in face["box"]] == [int] * 4
    assert 0 < face["score"] <= 1
    assert face["uncertain"] is None


def test_analyse_images_reports_an_unreadable_file_and_continues(pictures, capsys):
    broken = pictures / "a-broken.jpg"
    broken.write_bytes((pictures / "a.jpg").read_bytes()[:2000])
    out = StringIO()
    with pytest.raises(CommandError, match="1 of 3") as raised:
        call_command("analyse_images", str(pictures), "--json", stdout=out)
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert raised.value.returncode == 1
    assert [row["error"] is None for row in rows] == [False, True, True]
    assert rows[0]["path"] == str(broken)
    assert rows[0]["faces"] == []
    assert "truncated" in rows[0]["error"]


def test_analyse_images_reads_the_other_images_of_a_folder_with_a_very_flat_one(pictures):
    cv2.imwrite(str(pictures / "a-strip.png"), np.full((3, 5000, 3), 127, np.uint8))
    strip, with_face, without = analyse(str(pictures))
    assert (strip["path"], strip["faces"], strip["error"]) == (str(pictures / "a-strip.png"), [], None)
    assert (len(with_face["faces"]), without["faces"]) == (1, [])


def test_analyse_images_reads_heic_and_names_a_picture_that_it_cannot_read(pictures):
    (pictures / "b.heic").write_bytes(HEIC)
    (pictures / "c.jxl").write_bytes(b"\xff\x0a" + bytes(50))
    out = StringIO()
    with pytest.raises(CommandError, match="1 of 4 images could not be read") as raised:
        call_command("analyse_images", str(pictures), stdout=out)
    assert raised.value.returncode == 1
    assert out.getvalue().splitlines()[1:3] == [
        f"{pictures / 'b.heic'}: no face",
        f"{pictures / 'c.jxl'}: JXL pictures cannot be read; save it as JPEG or PNG.",
    ]


def test_analyse_images_prints_a_name_that_is_not_text(tmp_path, frame):
    path = tmp_path / os.fsdecode(b"caf\xe9.jpg")
    path.write_bytes(cv2.imencode(".jpg", frame)[1].tobytes())
    out = TextIOWrapper(BytesIO(), encoding="utf-8", errors="strict")  # like a terminal
    call_command("analyse_images", str(tmp_path), stdout=out)
    call_command("analyse_images", str(tmp_path), "--json", stdout=out)
    out.seek(0)
    text, row = out.read().splitlines()
    assert text.startswith(f"{tmp_path}/caf\\udce9.jpg: happy ")
    assert json.loads(row)["path"] == str(path)


@pytest.mark.parametrize(("name", "error"), [("nowhere.jpg", "No such file"), ("x" * 300, "File name too long")])
def test_analyse_images_reports_a_missing_file(name, error):
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("analyse_images", name, "--json", stdout=out)
    assert error in json.loads(out.getvalue())["error"]


def test_analyse_images_uses_the_given_detector(pictures):
    assert analyse(str(pictures / "a.jpg"), "--detector", "haar")[0]["faces"][0]["score"] == 1.0


def test_analyse_images_refuses_an_unknown_detector(pictures):
    with pytest.raises(CommandError, match="blazeface, haar"):
        analyse(str(pictures), "--detector", "nose")


def test_analyse_images_refuses_a_folder_without_images(tmp_path):
    with pytest.raises(CommandError, match="no image"):
        analyse(str(tmp_path))


def test_analyse_images_prints_no_expression_for_an_uncertain_face(pictures):
    """A face so dark that its expression is not reported."""
    picture = pictures / "a.jpg"
    cv2.imwrite(str(picture), (cv2.imread(str(picture)) * 0.08).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 100])
    (face,) = analyse(str(picture))[0]["faces"]
    assert (face["expression"], face["uncertain"]) == (None, "too_dark")
    out = StringIO()
    call_command("analyse_images", str(picture), stdout=out)
    assert f"{picture}: uncertain (too_dark) at" in out.getvalue()


def test_analyse_images_prints_readable_lines(pictures):
    out = StringIO()
    call_command("analyse_images", str(pictures), stdout=out)
    first, second = out.getvalue().splitlines()
    assert f"{pictures / 'a.jpg'}: happy" in first
    assert second == f"{pictures / 'inner' / 'b.png'}: no face"
