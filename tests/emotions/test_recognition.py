import json
import shutil
import threading
from dataclasses import replace

import cv2
import numpy as np
import pytest

from emotions.face_crop import FoundFaces
from emotions.faces import BlazeFaceDetector
from emotions.images import ImageTooLarge, UnreadableImage, decode_jpeg
from emotions.labels import EXPRESSIONS
from emotions.quality import FaceQuality
from emotions.recognition import MAX_FACES_READ, Recogniser
from emotions.registry import MANIFEST_FILE, MODELS_DIR, default_model
from emotions.results import Face, Recognition
from emotions.synthetic.cut_faces import find_and_cut
from tests.emotions.conftest import encoded
from tests.emotions.test_images import with_size


@pytest.fixture(scope="module")
def faceless() -> bytes:
    return encoded(np.full((240, 320, 3), 127, np.uint8))


def test_recognise_reads_the_smiling_portrait_as_happy(recogniser, snapshot):
    recognition = recogniser.recognise(snapshot)
    assert (recognition.width, recognition.height) == (320, 240)
    assert recognition.model == default_model()
    (face,) = recognition.faces
    assert face.expression == "happy"
    assert face.uncertain is None
    assert len(face.probabilities) == len(EXPRESSIONS)
    assert sum(face.probabilities) == pytest.approx(1)
    assert max(face.probabilities) == face.probabilities[EXPRESSIONS.index("happy")]


def test_recognise_returns_plain_floats(recogniser, snapshot):
    (face,) = recogniser.recognise(snapshot).faces
    numbers = [*face.box, face.score, *face.probabilities, *vars(face.quality).values()]
    assert {type(number) for number in numbers} == {float}


def test_recognise_gives_no_face_for_an_empty_room(recogniser, faceless):
    recognition = recogniser.recognise(faceless)
    assert recognition.faces == ()
    assert recognition.chosen is None


def test_recognise_finds_every_face_and_chooses_the_largest(recogniser, frame):
    small = cv2.resize(frame, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    canvas = np.full((240, 320 + small.shape[1], 3), 90, np.uint8)
    canvas[: small.shape[0], : small.shape[1]] = small
    canvas[:, small.shape[1] :] = frame
    recognition = recogniser.recognise(encoded(canvas))
    assert [face.expression for face in recognition.faces] == ["happy", "happy"]
    assert recognition.chosen == recognition.faces[0]
    assert recognition.chosen.box[0] > small.shape[1]


def collage(frame: np.ndarray, columns: int, rows: int) -> np.ndarray:
    """The portrait's face, `columns` times `rows` times; the last one is larger than the others."""
    face = frame[:110, 80:190]
    tile = cv2.resize(face, (80, 80), interpolation=cv2.INTER_AREA)
    canvas = np.full((rows * 80 + 160, columns * 80, 3), 127, np.uint8)
    canvas[: rows * 80] = np.tile(tile, (rows, columns, 1))
    canvas[rows * 80 :, :160] = cv2.resize(face, (160, 160))
    return canvas


def test_recognise_reads_the_three_largest_faces_of_a_collage_and_counts_the_others(recogniser, frame):
    canvas = collage(frame, columns=6, rows=4)
    everything = recogniser.recognise_frames([canvas])[0]
    bounded = recogniser.recognise_frames([canvas], max_faces=MAX_FACES_READ)[0]
    assert MAX_FACES_READ == 3
    assert (len(everything.faces), everything.unread) == (25, 0)
    assert [face.box for face in bounded.faces] == [face.box for face in everything.faces[:3]]
    assert bounded.faces_found == 25
    assert bounded.chosen == bounded.faces[0]
    assert bounded.chosen.box[1] > 320


def test_recognise_reads_no_more_faces_of_a_jpeg_than_the_bound(recogniser, frame):
    jpeg = encoded(collage(frame, columns=6, rows=4))
    recognition = recogniser.recognise(jpeg)
    assert len(recognition.faces) == 3
    assert recognition.faces_found == len(recogniser.recognise_frames([decode_jpeg(jpeg)])[0].faces)


def test_recognise_reads_the_same_in_dim_light(recogniser, frame):
    (face,) = recogniser.recognise(encoded((frame * 0.25).astype(np.uint8))).faces
    assert face.expression == "happy"
    assert face.uncertain is None


def test_recognise_doubts_a_face_in_the_dark(recogniser, frame):
    (face,) = recogniser.recognise(encoded((frame * 0.06).astype(np.uint8))).faces
    assert face.uncertain == "too_dark"


def test_recognise_doubts_an_over_exposed_face(recogniser, frame):
    bright = np.clip(frame * 1.7 + 40, 0, 255).astype(np.uint8)
    (face,) = recogniser.recognise(encoded(bright)).faces
    assert face.uncertain == "too_bright"


def test_recognise_doubts_a_blurred_face(recogniser, frame):
    (face,) = recogniser.recognise(encoded(cv2.GaussianBlur(frame, (0, 0), 5))).faces
    assert face.uncertain == "too_blurred"


def test_recognise_reads_small_faces_of_a_large_picture(recogniser, frame):
    room = np.full((1600, 2400, 3), 120, np.uint8)
    room[700:850, 1100:1250] = frame[:150, 60:210]
    (face,) = recogniser.recognise_frames([room])[0].faces
    assert (face.expression, face.uncertain) == ("happy", None)


def test_recognise_doubts_a_tiny_face(recogniser, frame):
    canvas = np.full((240, 320, 3), 127, np.uint8)
    canvas[80:160, 100:207] = cv2.resize(frame, (107, 80), interpolation=cv2.INTER_AREA)
    (face,) = recogniser.recognise(encoded(canvas)).faces
    assert face.uncertain == "too_small"


def test_recognise_reads_a_head_that_leans(recogniser, frame):
    matrix = cv2.getRotationMatrix2D((135, 55), 25, 1)
    (face,) = recogniser.recognise(encoded(cv2.warpAffine(frame, matrix, (320, 240)))).faces
    assert face.expression == "happy"


def test_recognise_keeps_the_box_inside_the_frame(recogniser, frame):
    (face,) = recogniser.recognise(encoded(frame[40:])).faces
    assert face.box[1] >= 0
    assert face.box[1] + face.box[3] <= 200


def test_recognise_refuses_a_truncated_snapshot(recogniser, snapshot):
    with pytest.raises(UnreadableImage):
        recogniser.recognise(snapshot[:-200])


def test_recognise_refuses_a_huge_header(recogniser, snapshot):
    with pytest.raises(ImageTooLarge):
        recogniser.recognise(with_size(snapshot, 8000, 8000))


@pytest.mark.parametrize("lean", [0, 25, -40])
def test_face_that_was_cut_out_is_read_like_the_whole_frame(recogniser, frame, lean):
    matrix = cv2.getRotationMatrix2D((135, 55), lean, 1)
    jpeg = encoded(cv2.warpAffine(frame, matrix, (320, 240)))
    whole = recogniser.recognise(jpeg).chosen
    found = find_and_cut(jpeg, BlazeFaceDetector(), max_bytes=4096)
    recognition = recogniser.recognise_found(found)
    assert (recognition.width, recognition.height, recognition.model) == (320, 240, recogniser.model)
    assert recognition.faces_found == found.count
    cut = recognition.chosen
    assert (cut.box, cut.score, cut.uncertain) == (whole.box, whole.score, whole.uncertain)
    assert cut.probabilities == pytest.approx(whole.probabilities, abs=0.05)
    assert cut.quality.size_px == whole.quality.size_px
    assert cut.quality.brightness == pytest.approx(whole.quality.brightness, abs=0.01)
    assert cut.quality.sharpness == pytest.approx(whole.quality.sharpness, rel=0.2)


def test_faces_beside_the_one_that_was_cut_out_are_counted(recogniser, frame):
    found = find_and_cut(encoded(frame), BlazeFaceDetector(), max_bytes=4096)
    recognition = recogniser.recognise_found(replace(found, count=5))
    assert (len(recognition.faces), recognition.faces_found) == (1, 5)


def test_nothing_found_is_a_recognition_without_faces(recogniser):
    assert recogniser.recognise_found(FoundFaces(320, 240, 0, None)) == Recognition(320, 240, (), recogniser.model)


def test_picture_of_a_face_that_is_truncated_is_refused(recogniser, snapshot):
    found = find_and_cut(snapshot, BlazeFaceDetector(), max_bytes=4096)
    broken = replace(found.nearest, jpeg=found.nearest.jpeg[:-100])
    with pytest.raises(UnreadableImage):
        recogniser.recognise_found(replace(found, nearest=broken))


def test_recognise_frames_without_frames_returns_nothing(recogniser):
    assert recogniser.recognise_frames([]) == []


def test_recognise_frames_reads_a_batch_like_single_snapshots(recogniser, snapshot, faceless):
    alone = recogniser.recognise(snapshot).faces[0]
    empty, *batched = recogniser.recognise_frames([decode_jpeg(jpeg) for jpeg in (faceless, snapshot, snapshot)])
    assert empty.faces == ()
    assert [result.faces[0].box for result in batched] == [alone.box] * 2
    for result in batched:
        assert result.faces[0].probabilities == pytest.approx(alone.probabilities, abs=1e-5)


def test_two_threads_read_what_one_reads(recogniser, snapshot, faceless):
    expected = [recogniser.recognise(snapshot), recogniser.recognise(faceless)]
    answers: list[list[Recognition]] = []

    def work() -> None:
        answers.append([recogniser.recognise(jpeg) for _ in range(10) for jpeg in (snapshot, faceless)])

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected * 10, expected * 10]


def test_haar_reads_the_portrait_too(snapshot):
    # Haar also sees a face in the space suit.
    assert "happy" in [face.expression for face in Recogniser(detector="haar").recognise(snapshot).faces]


def test_a_reading_below_the_threshold_of_the_manifest_is_uncertain(snapshot, tmp_path):
    name = default_model()
    shutil.copytree(MODELS_DIR / name, tmp_path / name)
    path = tmp_path / name / MANIFEST_FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | {"uncertain_below": 1.0}))
    (face,) = Recogniser(name, models_dir=tmp_path).recognise(snapshot).faces
    assert (face.expression, face.uncertain) == ("happy", "flat")


def test_chosen_is_the_largest_face_whatever_the_order():
    quality = FaceQuality(10, 0.5, 0.5)
    little = Face((0, 0, 10, 10), 0.9, (1, 0, 0, 0, 0, 0, 0), "angry", None, quality)
    large = Face((0, 0, 10, 12), 0.5, (1, 0, 0, 0, 0, 0, 0), "angry", None, quality)
    assert Recognition(320, 240, (little, large), "m").chosen is large
