import math

import cv2
import numpy as np
import pytest

from emotions.faces import DetectedFace, UnknownDetector, face_detector


@pytest.fixture(scope="module")
def blazeface():
    return face_detector("blazeface")


def test_blazeface_finds_the_face_with_its_keypoints(blazeface, frame):
    (face,) = blazeface.find(frame)
    x, y, width, height = face.box
    eyes_nose_mouth = face.keypoints[:4]
    assert face.score > 0.8
    assert len(face.keypoints) == 6
    assert all(x < px < x + width and y < py < y + height for px, py in eyes_nose_mouth)


@pytest.mark.parametrize("light", [0.25, 0.12])
def test_blazeface_finds_a_face_in_dim_light(blazeface, frame, light):
    assert len(blazeface.find((frame * light).astype(np.uint8))) == 1


@pytest.mark.parametrize("degrees", [-25, 25])
def test_blazeface_measures_how_a_face_leans(blazeface, frame, degrees):
    (upright,) = blazeface.find(frame)
    # OpenCV turns counter-clockwise, a roll is clockwise.
    matrix = cv2.getRotationMatrix2D((160, 120), -degrees, 1)
    (turned,) = blazeface.find(cv2.warpAffine(frame, matrix, (320, 240)))
    assert math.degrees(turned.roll - upright.roll) == pytest.approx(degrees, abs=5)


def test_blazeface_finds_several_faces_largest_first(blazeface, frame):
    small = cv2.resize(frame, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    canvas = np.full((240, 320 + small.shape[1], 3), 90, np.uint8)
    canvas[:, :320] = frame
    canvas[: small.shape[0], 320:] = small
    large, little = blazeface.find(canvas)
    assert large.area > little.area
    assert large.box[0] < 320 < little.box[0]


def test_blazeface_finds_the_same_face_in_a_tall_frame(blazeface, frame):
    canvas = np.zeros((480, 320, 3), np.uint8)
    canvas[200:440] = frame
    (alone,) = blazeface.find(frame)
    (placed,) = blazeface.find(canvas)
    assert placed.box == pytest.approx((alone.box[0], alone.box[1] + 200, *alone.box[2:]), abs=8)


def group(frame: np.ndarray, side: int, places: list[tuple[int, int]]) -> np.ndarray:
    """A room of 2400 x 1600 pixels with the portrait's head, `side` pixels high, at each left and top edge."""
    room = np.full((1600, 2400, 3), 120, np.uint8)
    head = cv2.resize(frame[:150, 60:210], (side, side), interpolation=cv2.INTER_AREA)
    for left, top in places:
        room[top : top + side, left : left + side] = head
    return room


def test_blazeface_finds_the_small_faces_of_a_large_picture_once(blazeface, frame):
    places = [(0, 0), (2270, 30), (600, 560), (1190, 740), (30, 1470), (2000, 1400)]
    faces = blazeface.find(group(frame, 130, places))
    middles = sorted((x + width / 2, y + height / 2) for x, y, width, height in (face.box for face in faces))
    (head,) = blazeface.find(frame[:150, 60:210])
    x, y, width, height = (value * 130 / 150 for value in head.box)
    expected = sorted((left + x + width / 2, top + y + height / 2) for left, top in places)
    np.testing.assert_allclose(middles, expected, atol=8)
    assert {round(face.scale, 2) for face in faces} == {0.3}
    noses = sorted(face.keypoints[2] for face in faces)
    np.testing.assert_allclose(noses, expected, atol=20)


def test_blazeface_finds_a_large_face_of_a_large_picture_once(blazeface, frame):
    (face,) = blazeface.find(group(frame, 1200, [(500, 200)]))
    assert face.scale == pytest.approx(192 / 2400)
    assert max(face.box[2:]) > 400


def test_blazeface_finds_nothing_in_an_empty_frame(blazeface):
    assert blazeface.find(np.full((240, 320, 3), 127, np.uint8)) == []


def test_blazeface_accepts_a_frame_of_one_pixel(blazeface):
    assert blazeface.find(np.zeros((1, 1, 3), np.uint8)) == []


@pytest.mark.parametrize("detector", ["blazeface", "haar"])
@pytest.mark.parametrize("shape", [(3, 5000), (5000, 3), (1, 5000), (5000, 1)])
def test_detectors_accept_a_strip(detector, shape):
    assert face_detector(detector).find(np.full((*shape, 3), 127, np.uint8)) == []


def test_haar_finds_the_face_without_keypoints(frame):
    face = face_detector("haar").find(frame)[0]
    assert face.keypoints is None
    assert face.roll == 0.0


def test_an_unknown_detector_error_lists_the_known_names():
    with pytest.raises(UnknownDetector, match=r"'dlib'.*FACE_DETECTOR.*blazeface, haar"):
        face_detector("dlib")


def test_roll_is_positive_when_the_right_eye_is_lower():
    face = DetectedFace((0, 0, 10, 10), 1.0, ((2, 3), (8, 9), (5, 6), (5, 8), (0, 5), (9, 5)))
    assert face.roll == pytest.approx(math.pi / 4)
