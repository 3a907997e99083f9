import cv2
import numpy as np

from emotions.face_crop import FoundFaces, crop_place, picture_size
from emotions.faces import BlazeFaceDetector
from emotions.jpeg import jpeg_size
from emotions.synthetic.cut_faces import find_and_cut
from tests.emotions.conftest import encoded


def test_nearest_face_is_cut_out_with_what_the_detector_found(frame, snapshot):
    detector = BlazeFaceDetector()
    (face, *others) = detector.find(frame)
    found = find_and_cut(snapshot, detector, max_bytes=4096)
    assert (found.width, found.height, found.count) == (320, 240, 1 + len(others))
    crop = found.nearest
    assert (crop.box, crop.score, crop.eyes) == (face.box, face.score, face.keypoints[:2])
    assert crop.place == crop_place(face.box, 320, 240)
    assert jpeg_size(crop.jpeg) == picture_size(crop.place)
    assert len(crop.jpeg) <= 4096


def test_picture_is_compressed_more_until_it_is_small_enough(snapshot):
    detector = BlazeFaceDetector()
    usual, small = (find_and_cut(snapshot, detector, max_bytes=most).nearest.jpeg for most in (4096, 1500))
    assert len(small) <= 1500 < len(usual)


def test_frame_without_a_face_has_no_picture():
    empty = encoded(np.full((180, 320, 3), 127, np.uint8))
    assert find_and_cut(empty, BlazeFaceDetector(), max_bytes=4096) == FoundFaces(320, 180, 0, None)


def test_face_that_the_frame_cuts_is_cut_at_its_edge(frame):
    cut = cv2.copyMakeBorder(frame[40:], 0, 0, 0, 0, cv2.BORDER_CONSTANT)
    crop = find_and_cut(encoded(cut), BlazeFaceDetector(), max_bytes=4096).nearest
    assert crop.place[1] == 0
    assert crop.place[3] < crop.place[2]
