import csv
import json
import os
import signal
import threading
from io import StringIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from django.core.management import CommandError, call_command

from emotions.images import read_image
from emotions.video.result_files import READING_FILES
from tests.emotions.conftest import HEIC
from tests.emotions.video.sample_videos import cut_off, film, frames_of, scene


@pytest.fixture
def room(tmp_path, frame) -> Path:
    """A video of six frames: two faces, one in the fourth."""
    return film(tmp_path / "room.avi", [scene(frame, 0, *([] if place == 3 else [200])) for place in range(6)])


def watch(*arguments: object) -> str:
    out = StringIO()
    call_command("watch", *map(str, arguments), stdout=out)
    return out.getvalue()


def rows(path: Path) -> list[dict]:
    if path.suffix == ".csv":
        return list(csv.DictReader(path.open()))
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("suffix", [".mp4", ".avi"])
def test_watch_writes_an_annotated_video_and_readings_next_to_it(room, tmp_path, suffix):
    output = tmp_path / "out" / f"seen{suffix}"
    assert watch(room, "--output", output) == (
        f"6 frames, 11 readings in {output} and {tmp_path / 'out' / 'seen.readings.csv'}.\n"
    )
    assert len(frames_of(output)) == 6
    assert len(rows(tmp_path / "out" / "seen.readings.csv")) == 11


@pytest.mark.parametrize("suffix", READING_FILES)
def test_watch_writes_a_row_for_each_face_of_each_frame(room, tmp_path, suffix):
    path = tmp_path / f"readings{suffix}"
    watch(room, "--readings", path)
    assert [int(row["frame"]) for row in rows(path)] == [0, 0, 1, 1, 2, 2, 3, 4, 4, 5, 5]


def test_watch_draws_on_the_frames(room, tmp_path):
    watch(room, "--output", tmp_path / "seen.avi", "--frames", 1)
    before, after = frames_of(room)[0], frames_of(tmp_path / "seen.avi")[0]
    assert abs(before.astype(int) - after).max() > 80


def test_watch_reads_only_one_face_with_faces_one(room, tmp_path):
    watch(room, "--faces", "one", "--readings", tmp_path / "readings.jsonl")
    assert [row["frame"] for row in rows(tmp_path / "readings.jsonl")] == [0, 1, 2, 3, 4, 5]


def test_watch_stops_after_the_given_frames(room, tmp_path):
    watch(room, "--frames", 2, "--output", tmp_path / "seen.avi")
    assert len(frames_of(tmp_path / "seen.avi")) == 2


def test_watch_stops_after_the_given_seconds(room, tmp_path):
    watch(room, "--seconds", 0.3, "--output", tmp_path / "seen.avi")
    assert len(frames_of(tmp_path / "seen.avi")) == 3


def test_watch_writes_and_prints_a_picture_whose_name_is_not_text(tmp_path, frame):
    album = tmp_path / "album"
    album.mkdir()
    name = os.fsdecode(b"caf\xe9.png")
    (album / name).write_bytes(cv2.imencode(".png", frame)[1].tobytes())
    watch(album, "--output", tmp_path / "out")
    assert read_image(tmp_path / "out" / name).shape == frame.shape
    assert watch(album).startswith("caf\\udce9.png: 1 happy ")


def test_watch_prints_changes_without_an_output(room):
    lines = watch(room, "--faces", "one").splitlines()
    assert lines[0].startswith("0.0 s: 1 happy ")
    assert lines[-1] == "6 frames, 6 readings."


def test_watch_annotates_the_images_of_a_folder(tmp_path, frame):
    (tmp_path / "in" / "inner").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "in" / "=a.png"), scene(frame, 0))
    cv2.imwrite(str(tmp_path / "in" / "inner" / "b.jpg"), scene(frame, 0, 200))
    watch(tmp_path / "in", "--output", tmp_path / "out")
    assert (cv2.imread(str(tmp_path / "out" / "=a.png")) != scene(frame, 0)).any()
    assert (tmp_path / "out" / "inner" / "b.jpg").exists()
    files = [row["file"] for row in rows(tmp_path / "out.readings.csv")]
    assert files == ["'=a.png", "inner/b.jpg", "inner/b.jpg"]


def test_watch_annotates_a_folder_with_a_very_flat_image(tmp_path, frame):
    (tmp_path / "in").mkdir()
    cv2.imwrite(str(tmp_path / "in" / "a.png"), np.full((3, 5000, 3), 127, np.uint8))
    cv2.imwrite(str(tmp_path / "in" / "b.png"), frame)
    assert watch(tmp_path / "in", "--output", tmp_path / "out").startswith("2 frames, 1 readings in ")
    assert (cv2.imread(str(tmp_path / "out" / "a.png")) == 127).all()


@pytest.mark.parametrize("name", ["seen.jpg", "new/seen.webp"])
def test_watch_writes_an_annotated_image_to_the_file_that_is_named(tmp_path, frame, name):
    cv2.imwrite(str(tmp_path / "a.png"), frame)
    output = tmp_path / name
    watch(tmp_path / "a.png", "--output", output)
    assert (cv2.imread(str(output)).shape, output.is_file()) == (frame.shape, True)
    assert len(rows(output.with_name("seen.readings.csv"))) == 1


def test_watch_replaces_an_older_image(tmp_path, frame):
    cv2.imwrite(str(tmp_path / "a.png"), frame)
    (tmp_path / "seen.jpg").write_bytes(b"older")
    watch(tmp_path / "a.png", "--output", tmp_path / "seen.jpg")
    assert cv2.imread(str(tmp_path / "seen.jpg")).shape == frame.shape


def test_watch_writes_a_heic_picture_as_png(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.heic").write_bytes(HEIC)
    watch(tmp_path / "in", "--output", tmp_path / "out")
    assert cv2.imread(str(tmp_path / "out" / "a.heic.png")).shape == (48, 64, 3)


def test_watch_completes_the_output_of_a_truncated_video(tmp_path, frame):
    half = cut_off(film(tmp_path / "room.avi", [scene(frame, 0)] * 30))
    with pytest.raises(CommandError, match=r"ends after .* Before that: 1\d frames, 1\d readings in "):
        watch(half, "--output", tmp_path / "seen.mp4")
    kept = len(frames_of(tmp_path / "seen.mp4"))
    assert kept == len(frames_of(half)) > 10
    assert len(rows(tmp_path / "seen.readings.csv")) == kept


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_watch_ends_cleanly_when_it_is_interrupted(tmp_path, frame, number):
    video, readings = tmp_path / "seen.mp4", tmp_path / "seen.readings.csv"
    source = film(tmp_path / "room.avi", [scene(frame, 0)] * 600)
    done = threading.Event()

    def interrupt() -> None:
        while not done.wait(0.02):
            if readings.exists() and readings.read_text().count("\n") > 3:
                os.kill(os.getpid(), number)
                return

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        assert watch(source, "--output", video).startswith("Stopped.\n")
    finally:
        done.set()
        thread.join()
    # The signal may come after a frame and before its reading.
    assert 3 <= len(rows(readings)) < 600
    assert len(frames_of(video)) - len(rows(readings)) in (0, 1)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["99"], "no camera 99"),
        (["nowhere.mp4"], "does not exist"),
        (["{room}", "--output", "seen.mkv"], "name a .mp4 or .avi file"),
        (["{room}", "--readings", "seen.txt"], "name a .csv or .jsonl file"),
        (["{room}", "--output", "{room}"], "would overwrite the source"),
        (["{folder}", "--output", "{folder}/out"], "would overwrite the source"),
        (["{folder}/a.png", "--output", "{folder}"], "would overwrite the source"),
        (["{folder}", "--output", "seen.mp4"], "name a folder"),
        (["{folder}", "--output", "seen.jpg"], "for a folder of images, name a folder"),
        (["{folder}/a.png", "--output", "seen.mp4"], "name a folder or a file such as seen.jpg"),
        (["{folder}/a.png", "--output", "{folder}/a.png"], "would overwrite the source"),
        (["{folder}", "--view"], "cameras and videos"),
        (["{room}", "--frames", "0"], "not a whole number above 0"),
        (["{room}", "--seconds", "nan"], "not a number above 0"),
        (["{room}", "--view", "70000"], "not a port"),
        (["{room}", "--detector", "nose"], "blazeface, haar"),
        (["{room}", "--model", "nothing"], "No model"),
    ],
)
def test_watch_refuses_impossible_options(room, tmp_path, frame, arguments, reason):
    (tmp_path / "in").mkdir()
    cv2.imwrite(str(tmp_path / "in" / "a.png"), frame)
    before = room.read_bytes()
    with pytest.raises(CommandError, match=reason):
        watch(*(argument.format(room=room, folder=tmp_path / "in") for argument in arguments))
    assert room.read_bytes() == before
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.png", "in", "room.avi"]


def test_watch_keeps_an_older_output_when_the_source_is_unreadable(tmp_path):
    (tmp_path / "seen.avi").write_bytes(b"older")
    (tmp_path / "room.avi").write_bytes(b"no film")
    with pytest.raises(CommandError, match="not a video"):
        watch(tmp_path / "room.avi", "--output", tmp_path / "seen.avi")
    assert (tmp_path / "seen.avi").read_bytes() == b"older"


def test_watch_shows_a_live_page_while_it_runs(room):
    assert watch(room, "--view", 0).startswith("Live view: http://127.0.0.1:")
