import numpy as np
import pytest

from emotions.training import transfer
from emotions.training.augmentation import Augmentation
from emotions.training.config import WrongSettings
from emotions.training.report import LogReport
from tests.emotions.conftest import face_images

FACES = face_images(100)


class Recorded:
    """A teacher whose first logit is a face's mean grey level, and whose top probability is given; it counts the faces
    that it is asked about."""

    def __init__(self, name: str, stops_after: int = 10**6, top: float = 0.5) -> None:
        self.name = name
        self.asked = 0
        self._stops_after = stops_after
        self._top = top

    def logits(self, faces):
        if self.asked >= self._stops_after:
            raise KeyboardInterrupt
        self.asked += len(faces)
        logits = np.tile(np.log(np.float32([self._top, *[(1 - self._top) / 6] * 6])), (len(faces), 1))
        return logits + faces.mean(axis=(1, 2), dtype=np.float32)[:, np.newaxis]


def extend(folder, *teachers, views=2, faces=FACES, **options):
    settings = {"augmentation": Augmentation(), "listener": LogReport()} | options
    transfer.extend(folder, faces, teachers, views=views, **settings)


def test_a_teacher_answers_about_the_stored_view(tmp_path):
    extend(tmp_path, Recorded("one"))
    loaded = transfer.load(tmp_path, FACES, ["one"])
    assert [view.shape for view in loaded.views] == [(100, 48, 48)] * 2
    for view, answers in zip(loaded.views, loaded.logits["one"], strict=True):
        np.testing.assert_array_equal(answers, Recorded("one").logits(view))


def test_views_differ_and_a_seed_repeats_them(tmp_path):
    for folder in ("a", "b"):
        extend(tmp_path / folder, Recorded("one"))
    first, second = transfer.load(tmp_path / "a", FACES, ["one"]).views
    assert (first != second).any(axis=(1, 2)).all()
    np.testing.assert_array_equal(transfer.load(tmp_path / "b", FACES, ["one"]).views[1], second)


def test_a_stopped_run_continues_and_asks_no_face_twice(tmp_path):
    stopped = Recorded("one", stops_after=64)
    with pytest.raises(KeyboardInterrupt):
        extend(tmp_path, stopped)
    assert np.isnan(transfer.load(tmp_path, FACES, ["one"]).logits["one"][0]).any(axis=1).sum() == 36
    resumed = Recorded("one")
    extend(tmp_path, resumed)
    assert stopped.asked + resumed.asked == 2 * len(FACES)
    assert not np.isnan(transfer.load(tmp_path, FACES, ["one"]).logits["one"]).any()


def test_a_second_teacher_and_more_views_are_added_to_a_set(tmp_path):
    extend(tmp_path, Recorded("one"), views=1)
    first, second = Recorded("one"), Recorded("two")
    extend(tmp_path, first, second, views=2)
    assert (first.asked, second.asked) == (100, 200)


def test_a_second_teacher_is_asked_only_where_the_first_is_unsure(tmp_path):
    sure, unsure, second = Recorded("sure", top=0.9), Recorded("unsure", top=0.5), Recorded("two")
    extend(tmp_path / "sure", sure, second, unsure_below=0.7)
    assert second.asked == 0
    extend(tmp_path / "unsure", unsure, second, unsure_below=0.7)
    assert second.asked == 200


def test_the_bar_reaches_its_end_whatever_is_skipped(tmp_path):
    class Counting(LogReport):
        steps = 0

        def step(self, steps: int = 1) -> None:
            self.steps += steps

    listener = Counting()
    extend(tmp_path, Recorded("one", top=0.9), Recorded("two"), unsure_below=0.7, listener=listener)
    assert listener.steps == 2 * 2 * len(FACES)


def test_a_set_of_other_settings_is_not_extended(tmp_path):
    extend(tmp_path, Recorded("one"))
    with pytest.raises(WrongSettings, match="other faces, seed or augmentation"):
        extend(tmp_path, Recorded("one"), seed=1)


def test_a_set_of_other_faces_is_not_loaded(tmp_path):
    extend(tmp_path, Recorded("one"))
    with pytest.raises(WrongSettings, match="made from other faces"):
        transfer.load(tmp_path, face_images(100, seed=1), ["one"])


def test_a_folder_without_a_set_names_the_command_that_makes_one(tmp_path):
    with pytest.raises(WrongSettings, match="make_transfer_set"):
        transfer.load(tmp_path, FACES, ["one"])


def test_a_teacher_that_never_answered_is_named(tmp_path):
    extend(tmp_path, Recorded("one"))
    with pytest.raises(WrongSettings, match="no answers of two"):
        transfer.load(tmp_path, FACES, ["one", "two"])
