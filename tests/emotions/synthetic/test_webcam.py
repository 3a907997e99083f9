import zipfile

import cv2
import numpy as np
import pytest

from emotions.images import decode_jpeg
from emotions.jpeg import jpeg_size
from emotions.synthetic.webcam import face_in_frame, labelled_frames, webcam_frames
from emotions.training.dataset import DatasetError, EmptySplit
from emotions.video.capture import UnusableSource
from tests.emotions.conftest import face_images


@pytest.fixture(scope="module")
def picture(tmp_path_factory, frame):
    path = tmp_path_factory.mktemp("pictures") / "portrait.png"
    cv2.imwrite(str(path), frame)
    return path


@pytest.fixture(scope="module")
def fer_zip(tmp_path_factory, frame):
    path = tmp_path_factory.mktemp("fer") / "faces.zip"
    face = cv2.resize(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)[10:100, 90:180], (48, 48), interpolation=cv2.INTER_AREA)
    with zipfile.ZipFile(path, "w") as archive:
        for label in ("happy", "sad"):
            archive.writestr(f"test/{label}/PublicTest_{label}.png", cv2.imencode(".png", face)[1].tobytes())
    return path


def test_webcam_frames_of_the_portrait_are_small_jpegs_that_differ():
    frames = list(webcam_frames(None, 5))
    assert [jpeg_size(jpeg) for jpeg in frames] == [(320, 240)] * 5
    assert max(map(len, frames)) < 64 * 1024
    assert len(set(frames)) == 5


def test_webcam_frames_repeat_for_a_seed():
    assert list(webcam_frames(None, 3, seed=4)) == list(webcam_frames(None, 3, seed=4))
    assert list(webcam_frames(None, 3, seed=4)) != list(webcam_frames(None, 3, seed=5))


def test_webcam_frames_all_show_the_face(recogniser):
    answers = [recogniser.recognise(jpeg) for jpeg in webcam_frames(None, 8, seed=1)]
    assert [len(answer.faces) for answer in answers] == [1] * 8


def test_webcam_frames_have_the_requested_size(picture):
    (jpeg,) = webcam_frames(picture, 1, size=(640, 360))
    assert jpeg_size(jpeg) == (640, 360)


def test_webcam_frames_cycle_through_a_folder(picture, tmp_path):
    for name, grey in (("a.png", 0), ("b.jpg", 250)):
        cv2.imwrite(str(tmp_path / name), np.full((60, 80, 3), grey, np.uint8))
    (tmp_path / "notes.txt").write_text("not an image")
    brightness = [decode_jpeg(jpeg).mean() for jpeg in webcam_frames(tmp_path, 4)]
    assert [value > 125 for value in brightness] == [False, True, False, True]


def test_webcam_frames_restart_a_video_at_its_end(tmp_path):
    path = tmp_path / "room.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5, (160, 120))
    for grey in (0, 250):
        writer.write(np.full((120, 160, 3), grey, np.uint8))
    writer.release()
    brightness = [decode_jpeg(jpeg).mean() for jpeg in webcam_frames(path, 4)]
    assert [value > 125 for value in brightness] == [False, True, False, True]


def test_webcam_frames_put_fer_2013_faces_into_frames(fer_zip, recogniser):
    frames = list(webcam_frames(fer_zip, 3))
    assert [jpeg_size(jpeg) for jpeg in frames] == [(320, 240)] * 3
    assert [len(answer.faces) for answer in map(recogniser.recognise, frames)] == [1] * 3


def test_webcam_frames_with_count_zero_are_empty():
    assert list(webcam_frames(None, 0)) == []


def test_labelled_frames_use_each_face_once_before_any_twice(fer_zip):
    labels = [label for _, label in labelled_frames(fer_zip, 4)]
    assert sorted(labels[:2]) == ["happy", "sad"]
    assert sorted(labels[2:]) == ["happy", "sad"]


def test_labelled_frames_refuse_a_split_without_images(fer_zip):
    with pytest.raises(EmptySplit, match="train"):
        labelled_frames(fer_zip, 1, split="train")


def test_a_zip_without_faces_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(DatasetError, match="neither images nor a CSV"):
        webcam_frames(tmp_path / "other.zip", 1)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("missing.png", None, "does not exist"),
        ("empty.png", b"", "empty"),
        ("text.png", b"no picture", "cannot be used"),
        ("clip.mp4", b"no film", "not a video"),
    ],
)
def test_an_unusable_source_is_refused_before_the_first_frame(tmp_path, name, content, reason):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UnusableSource, match=reason):
        webcam_frames(tmp_path / name, 1)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(UnusableSource, match="has no image"):
        webcam_frames(tmp_path, 1)


def test_a_dimmed_frame_is_the_same_scene_with_less_light():
    face = face_images(1).images[0]
    bright, place = face_in_frame(face, (320, 240), np.random.default_rng(0))
    dim, same_place = face_in_frame(face, (320, 240), np.random.default_rng(0), light=0.25)
    assert place == same_place
    levels = [decode_jpeg(jpeg).mean() for jpeg in (bright, dim)]
    assert levels[1] == pytest.approx(levels[0] / 4, abs=3)


def test_a_rendered_frame_shows_the_rendered_scene_with_the_face_in_the_same_place():
    face = face_images(1).images[0]
    plain, place = face_in_frame(face, (320, 240), np.random.default_rng(0))
    seen = []

    def render(scene, box):
        seen.append(box)
        return scene // 2

    rendered, same_place = face_in_frame(face, (320, 240), np.random.default_rng(0), render=render)
    assert seen == [place] == [same_place]
    levels = [decode_jpeg(jpeg).mean() for jpeg in (plain, rendered)]
    assert levels[1] == pytest.approx(levels[0] / 2, abs=3)


def test_face_in_frame_returns_the_box_of_the_face():
    rng, white = np.random.default_rng(0), np.full((48, 48), 255, np.uint8)
    white[4:-4, 4:-4] = 0
    jpeg, (x, y, width, height) = face_in_frame(white, (320, 240), rng)
    inside = decode_jpeg(jpeg)[y + height // 4 : y + 3 * height // 4, x + width // 4 : x + 3 * width // 4]
    assert inside.mean() < 10


def test_a_leaning_head_is_the_same_face_turned_clockwise():
    # White above, black below: after a quarter turn clockwise, white is on the right.
    face = np.full((48, 48), 255, np.uint8)
    face[24:] = 0
    jpeg, (x, y, width, height) = face_in_frame(face, (320, 240), np.random.default_rng(0), lean=90.0)
    inside = decode_jpeg(jpeg)[y + height // 4 : y + 3 * height // 4, x + width // 4 : x + 3 * width // 4]
    left, right = np.split(inside, [inside.shape[1] // 2], axis=1)
    assert right.mean() > left.mean() + 100
