import os
import resource
import signal

import cv2
import numpy as np
import pytest

from emotions.video.recordings import PictureRecording, UnwritableRecording, VideoRecording
from emotions.video.sources import Shot
from emotions.video.watch import FrameResult
from tests.emotions.video.sample_videos import frames_of


def seen(time_s: float = 0.0, grey: int = 127, file: str = "", size: tuple[int, int] = (320, 240)) -> FrameResult:
    return FrameResult(Shot(np.full((size[1], size[0], 3), grey, np.uint8), 0, time_s, file), ())


@pytest.mark.parametrize("suffix", [".mp4", ".avi"])
def test_a_video_holds_every_frame(tmp_path, suffix):
    recording = VideoRecording(tmp_path / "inner" / f"out{suffix}", 10)
    for place in range(6):
        recording.write(seen(place / 10, grey=40 * place))
    recording.close()
    brightness = [frame.mean() for frame in frames_of(tmp_path / "inner" / f"out{suffix}")]
    assert brightness == pytest.approx([0, 40, 80, 120, 160, 200], abs=6)


def test_a_video_repeats_a_frame_that_lasted(tmp_path):
    recording = VideoRecording(tmp_path / "out.avi", 10)
    for time_s, grey in ((0.0, 0), (0.4, 200), (0.5, 100)):
        recording.write(seen(time_s, grey))
    recording.close()
    assert [round(frame.mean(), -1) for frame in frames_of(tmp_path / "out.avi")] == [0, 0, 0, 0, 200, 100]


def test_a_video_scales_a_frame_of_another_size(tmp_path):
    recording = VideoRecording(tmp_path / "out.avi", 10)
    recording.write(seen(0.0))
    recording.write(seen(0.1, size=(640, 480)))
    recording.close()
    assert [frame.shape for frame in frames_of(tmp_path / "out.avi")] == [(240, 320, 3)] * 2


def test_a_video_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "out.avi").mkdir()
    with pytest.raises(UnwritableRecording, match=r"out\.avi"):
        VideoRecording(tmp_path / "out.avi", 10).write(seen())


@pytest.fixture
def full_disk():
    """Let no file become larger than this, as if the disk were full."""
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("suffix", [".mp4", ".avi"])
def test_a_video_for_which_the_disk_has_no_room_is_an_error(tmp_path, full_disk, suffix):
    recording = VideoRecording(tmp_path / f"out{suffix}", 10)
    noise = np.random.default_rng(0).integers(0, 255, (240, 320, 3), dtype=np.uint8)
    for number in range(30):
        recording.write(FrameResult(Shot(noise, number, number / 10, ""), ()))
    with pytest.raises(UnwritableRecording, match="The disk may be full"):
        recording.close()


def test_a_picture_for_which_the_disk_has_no_room_is_an_error(tmp_path, full_disk):
    with pytest.raises(OSError, match="File too large"):
        PictureRecording(tmp_path / "out").write(seen(file="a.bmp"))


@pytest.mark.parametrize("suffix", [".mp4", ".avi"])
@pytest.mark.parametrize("fps", [1, 12.5, 29.97, 30, 59.94, 120])
@pytest.mark.parametrize("frames", [1, 2, 9])
def test_a_complete_video_of_any_rate_is_closed_without_an_error(tmp_path, suffix, fps, frames):
    recording = VideoRecording(tmp_path / f"out{suffix}", fps)
    for number in range(frames):
        recording.write(seen(number / fps))
    recording.close()
    assert len(frames_of(tmp_path / f"out{suffix}")) == frames


def test_a_video_whose_name_is_not_text_is_an_error(tmp_path):
    with pytest.raises(UnwritableRecording, match="Choose another name"):
        VideoRecording(tmp_path / os.fsdecode(b"caf\xe9.avi"), 10).write(seen())


def test_a_picture_that_its_format_does_not_hold_is_an_error(tmp_path):
    with pytest.raises(UnwritableRecording, match=r"wide\.webp"):
        PictureRecording(tmp_path / "out").write(seen(file="wide.webp", size=(20_000, 20)))


@pytest.mark.parametrize(("name", "written"), [("inner/a.jpg", "inner/a.jpg"), ("b.pgm", "b.pgm.png")])
def test_pictures_keep_their_names(tmp_path, name, written):
    PictureRecording(tmp_path / "out").write(seen(file=name))
    assert cv2.imread(str(tmp_path / "out" / written)).shape == (240, 320, 3)
