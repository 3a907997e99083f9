from collections.abc import Iterable

import cv2
import numpy as np
import pytest

from emotions.video.sources import Shot, Source, open_source
from emotions.video.tracking import TrackedFace
from emotions.video.watch import ChangeLog, FrameResult, Tally, limit, watch_source
from tests.emotions.video.sample_videos import film, scene
from tests.emotions.video.tracked import BLURRED, read_face


def shown(images: Iterable[np.ndarray], fps: float = 10, *, pictures: bool = False) -> Source:
    shots = (Shot(image, number, number / fps, f"{number}.png") for number, image in enumerate(images))
    return Source(shots, fps, None, pictures=pictures)


def ids(seen: Iterable[FrameResult]) -> list[list[int]]:
    return [[tracked.id for tracked in moment.faces] for moment in seen]


def moment(number: int, *faces: TrackedFace) -> FrameResult:
    return FrameResult(Shot(np.zeros((240, 320, 3), np.uint8), number, number / 10, "a.mp4"), faces)


def test_a_moving_face_keeps_its_id(tmp_path, frame, recogniser):
    source = open_source(str(film(tmp_path / "room.mp4", [scene(frame, left) for left in range(0, 240, 24)])))
    assert ids(watch_source(source, recogniser)) == [[1]] * 10


def test_two_faces_in_the_same_place_one_after_the_other_get_two_ids(frame, recogniser):
    source = shown([scene(frame, 0)] * 2 + [scene(frame)] * 12 + [scene(frame, 0)] * 2)
    assert ids(watch_source(source, recogniser)) == [[1]] * 2 + [[]] * 12 + [[2]] * 2


def test_a_face_that_vanishes_and_returns_within_a_second_keeps_its_id(frame, recogniser):
    source = shown([scene(frame, 0, 200)] * 2 + [scene(frame, 0)] * 6 + [scene(frame, 0, 200)] * 2)
    seen = list(watch_source(source, recogniser))
    left = [{tracked.id for tracked in moment.faces if tracked.face.box[0] < 150} for moment in seen]
    assert left == [left[0]] * 10
    assert {tracked.id for tracked in seen[0].faces} == {tracked.id for tracked in seen[9].faces} == {1, 2}


def test_all_faces_are_read_in_dim_light(frame, recogniser):
    (seen,) = watch_source(shown([scene(frame, 0, 200, light=0.25)]), recogniser)
    assert [tracked.face.expression for tracked in seen.faces] == ["happy", "happy"]


def test_only_one_leaves_the_largest(frame, recogniser):
    image = scene(frame, 0)
    image[90:190, 260:360] = cv2.resize(frame[:150, 60:210], (100, 100), interpolation=cv2.INTER_AREA)
    (everyone,) = watch_source(shown([image]), recogniser)
    (one,) = watch_source(shown([image]), recogniser, only_one=True)
    assert len(everyone.faces) == 2
    assert one.faces == everyone.faces[:1]
    assert one.faces[0].face.box[0] < 150


def test_only_one_stays_with_a_face_while_another_is_hardly_larger(frame, recogniser):
    source = shown([scene(frame, 0)] + [scene(frame, 0, 200)] * 4)
    assert ids(watch_source(source, recogniser, only_one=True)) == [[1]] * 5


def test_pictures_are_tracked_independently(frame, recogniser):
    source = shown([scene(frame, 0, 200), scene(frame), scene(frame, 200)], pictures=True)
    assert ids(watch_source(source, recogniser)) == [[1, 2], [], [1]]


@pytest.mark.parametrize(
    ("limits", "count"),
    [({}, 8), ({"frames": 3}, 3), ({"seconds": 0.5}, 5), ({"seconds": 0.5, "frames": 2}, 2), ({"frames": 99}, 8)],
)
def test_limit_stops_at_the_first_limit(limits, count):
    assert len(list(limit(map(moment, range(8)), **limits))) == count


def test_limit_asks_for_no_frame_beyond_the_last():
    def one_only() -> Iterable[FrameResult]:
        yield moment(0)
        raise AssertionError("a second frame was asked for")

    assert len(list(limit(one_only(), frames=1))) == 1


def test_tally_counts_frames_and_readings():
    tally = Tally()
    tally.write(moment(0, TrackedFace(1, read_face(0)), TrackedFace(2, read_face(200))))
    tally.write(moment(1))
    assert (tally.frames, tally.readings) == (2, 2)


def test_changes_are_written_once():
    lines: list[str] = []
    changes = ChangeLog(lines.append, pictures=False)
    for number, face in enumerate([read_face(0), read_face(1), read_face(0, quality=BLURRED), read_face(0)]):
        changes.write(moment(number, TrackedFace(1, face)))
    assert lines == ["0.0 s: 1 happy 94%", "0.2 s: 1 uncertain: too blurred", "0.3 s: 1 happy 94%"]
