import os
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest

from emotions.video.capture import UnusableSource
from emotions.video.sources import Shot, SourceLost, open_source
from tests.emotions.video.sample_videos import cut_off, film, matroska, scene


def picture(grey: int = 127) -> np.ndarray:
    return np.full((60, 80, 3), grey, np.uint8)


def collect(shots: Iterable[Shot], seen: list[Shot]) -> None:
    """Append to `seen`, which keeps the shots before an error."""
    for shot in shots:
        seen.append(shot)


@pytest.mark.parametrize("suffix", [".mp4", ".avi"])
def test_a_video_gives_its_frames_with_their_times(tmp_path, frame, suffix):
    source = open_source(str(film(tmp_path / f"room{suffix}", [scene(frame)] * 5, fps=10)))
    shots = list(source.shots)
    assert (source.fps, source.count, source.pictures, source.live) == (10, 5, False, False)
    assert [shot.number for shot in shots] == [0, 1, 2, 3, 4]
    assert [round(shot.time_s, 3) for shot in shots] == [0.0, 0.1, 0.2, 0.3, 0.4]
    assert shots[0].image.shape == (240, 400, 3)


def test_a_video_whose_name_is_not_text_is_refused(tmp_path, frame):
    path = film(tmp_path / "room.avi", [scene(frame)]).rename(tmp_path / os.fsdecode(b"caf\xe9.avi"))
    with pytest.raises(UnusableSource, match="Rename it"):
        open_source(str(path))


def test_a_gif_whose_name_is_not_text_gives_its_first_picture(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.gif")
    path.write_bytes(cv2.imencode(".gif", picture())[1].tobytes())
    assert len(list(open_source(str(path)).shots)) == 1


def test_a_truncated_video_yields_its_frames_then_raises(tmp_path, frame):
    shots = open_source(str(cut_off(film(tmp_path / "room.avi", [scene(frame)] * 30)))).shots
    seen: list[Shot] = []
    with pytest.raises(SourceLost, match=r"ends after 1\.\d of 3\.0 seconds"):
        collect(shots, seen)
    assert 10 < len(seen) < 20


def times(path: Path) -> list[float]:
    return [round(shot.time_s, 3) for shot in open_source(str(path)).shots]


@pytest.mark.parametrize("suffix", [".mp4", ".avi", ".mkv"])
def test_a_video_with_a_frame_every_20_s_keeps_its_times(tmp_path, frame, suffix):
    assert times(film(tmp_path / f"slow{suffix}", [scene(frame)] * 3, fps=0.05)) == [0.0, 20.0, 40.0]


def test_a_video_without_a_duration_keeps_its_long_gaps(tmp_path):
    video = {0: picture(), 100: picture(), 20_100: picture(), 20_200: picture()}
    assert times(matroska(tmp_path / "still.mkv", video)) == [0.0, 0.1, 20.1, 20.2]


def test_a_video_whose_last_frame_stays_is_complete(tmp_path):
    video = {0: picture(), 100: picture(), 30_000: picture()}
    assert times(matroska(tmp_path / "still.mkv", video, duration_ms=59_000)) == [0.0, 0.1, 30.0]


@pytest.mark.parametrize("duration_ms", [3_604_000, None])
def test_a_video_whose_time_stamps_start_at_an_hour_begins_at_0(tmp_path, duration_ms):
    video = {3_600_000 + 100 * place: picture() for place in range(40)}
    expected = [round(0.1 * place, 3) for place in range(40)]
    assert times(matroska(tmp_path / "late.mkv", video, duration_ms=duration_ms)) == expected


def test_a_truncated_video_whose_time_stamps_start_at_an_hour_is_noticed(tmp_path):
    video = {3_600_000 + 100 * place: picture() for place in range(40)}
    with pytest.raises(SourceLost, match=r"ends after 4\.0 of 20\.0 seconds"):
        times(matroska(tmp_path / "late.mkv", video, duration_ms=3_620_000))


def test_a_jump_in_the_time_stamps_beyond_the_video_counts_as_one_frame(tmp_path):
    video = {0: picture(), 100: picture(), 200: picture(), 90_000_000: picture()}
    seen = times(matroska(tmp_path / "jump.mkv", video, duration_ms=400))
    assert seen[:3] == [0.0, 0.1, 0.2]
    assert seen[3] < 0.4


def test_a_camera_that_vanishes_raises_source_lost(tmp_path, frame, monkeypatch):
    # A video stands in for the camera: it stops delivering frames like an unplugged one.
    capture = cv2.VideoCapture(str(film(tmp_path / "room.avi", [scene(frame)] * 3)))
    monkeypatch.setattr(cv2, "VideoCapture", lambda index: capture)
    seen: list[Shot] = []
    with pytest.raises(SourceLost, match="Camera 4 gives no more frames"):
        collect(open_source("4").shots, seen)
    assert [shot.number for shot in seen] == [0, 1, 2]
    assert seen[0].time_s == 0.0


def test_an_image_is_one_picture(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), picture())
    source = open_source(str(tmp_path / "a.png"))
    (shot,) = source.shots
    assert (source.pictures, shot.number, shot.time_s, shot.file) == (True, 0, 0.0, "a.png")


def test_a_folder_gives_its_images_by_name(tmp_path):
    (tmp_path / "inner").mkdir()
    for name in ("inner/c.jpg", "b.png", "a.png"):
        cv2.imwrite(str(tmp_path / name), picture())
    (tmp_path / "notes.txt").write_text("no image")
    source = open_source(str(tmp_path))
    assert source.count == 3
    assert [shot.file for shot in source.shots] == ["a.png", "b.png", "inner/c.jpg"]


def test_a_gif_of_several_frames_is_a_video_and_of_one_a_picture(tmp_path):
    animation = cv2.Animation()
    animation.frames, animation.durations = [picture(40), picture(200)], [100, 100]
    cv2.imwriteanimation(str(tmp_path / "moving.gif"), animation)
    cv2.imwrite(str(tmp_path / "still.gif"), picture())
    moving, still = open_source(str(tmp_path / "moving.gif")), open_source(str(tmp_path / "still.gif"))
    assert (moving.pictures, len(list(moving.shots))) == (False, 2)
    assert (still.pictures, len(list(still.shots))) == (True, 1)


@pytest.mark.parametrize(("display", "shape"), [((160, 60), (60, 160, 3)), ((80, 120), (120, 80, 3))])
def test_frames_whose_pixels_are_not_square_are_stretched_to_their_shape(tmp_path, display, shape):
    (shot,) = open_source(str(matroska(tmp_path / "wide.mkv", {0: picture()}, display=display))).shots
    assert shot.image.shape == shape


def test_frames_whose_pixels_are_nearly_square_stay_as_they_are(tmp_path):
    (shot,) = open_source(str(matroska(tmp_path / "room.mkv", {0: picture()}, display=(81, 60)))).shots
    assert shot.image.shape == (60, 80, 3)


def test_a_folder_skips_an_unreadable_image_and_names_it_at_the_end(tmp_path):
    for name in ("a.png", "c.png"):
        cv2.imwrite(str(tmp_path / name), picture())
    (tmp_path / "b.png").write_bytes(b"no image")
    shots = open_source(str(tmp_path)).shots
    assert [next(shots).file, next(shots).file] == ["a.png", "c.png"]
    with pytest.raises(SourceLost, match=r"1 of 3 images.*b\.png"):
        next(shots)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("missing.mp4", None, "does not exist"),
        ("empty.png", b"", "empty"),
        ("text.png", b"no picture", "cannot be used"),
        ("clip.mp4", b"no film", "not a video"),
        ("notes.txt", b"no film", "not a video"),
    ],
)
def test_an_unusable_source_is_refused(tmp_path, name, content, reason):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UnusableSource, match=reason):
        open_source(str(tmp_path / name))


def test_a_folder_without_images_is_refused(tmp_path):
    with pytest.raises(UnusableSource, match="has no image"):
        open_source(str(tmp_path))


@pytest.mark.parametrize("index", ["99", "2000", "99999999999"])
def test_a_missing_camera_is_refused(index):
    with pytest.raises(UnusableSource, match=f"no camera {index}"):
        open_source(index)
