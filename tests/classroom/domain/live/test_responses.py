from datetime import timedelta

import pytest

from classroom.domain.live.state import live_class, live_state
from classroom.domain.self_reports import lower_hand, raise_hand, say
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
T0 = NOW.timestamp()


@pytest.fixture
def session():
    return factories.session()


def present(session, name="", **fields):
    student = factories.student_of(session.course, name)
    factories.attendance(session, student, **fields)
    return student


def later(seconds: float):
    return NOW + timedelta(seconds=seconds)


def says(session, student, answer, after_s):
    say(session=session, student=student, answer=answer, now=later(after_s))


def test_the_class_s_voice_counts_those_present_alone(session):
    for answer in ("lost", "lost", "all_good"):
        says(session, present(session), answer, 5)
    present(session)
    says(session, present(session, left_at=later(6)), "lost", 5)
    voice = live_state(session=session, now=later(10))["voice"]
    assert voice["answers"] == {"too_fast": 0, "too_slow": 0, "lost": 2, "all_good": 1}
    assert (voice["said"], voice["present"]) == (3, 4)


def test_hands_come_in_the_order_they_were_raised(session):
    for name, after_s in (("Ben", 9), ("Ada", 4)):
        raise_hand(session=session, student=present(session, name), now=later(after_s))
    hands = live_state(session=session, now=later(10))["voice"]["hands"]
    assert [(hand["name"], hand["since"]) for hand in hands] == [("Ada", T0 + 4), ("Ben", T0 + 9)]


def test_the_voice_says_how_many_faces_read_negative(session):
    factories.reading(session, present(session), after_s=5, expression="sad")
    factories.reading(session, present(session), after_s=5, expression="happy")
    factories.reading(session, present(session), after_s=5, expression="")
    voice = live_state(session=session, now=later(6))["voice"]
    assert (voice["negative"], voice["seen"]) == (1, 2)


def test_a_tile_has_what_its_student_says_and_her_hand(session):
    student = present(session)
    says(session, student, "lost", 5)
    raise_hand(session=session, student=student, now=later(7))
    [tile] = live_state(session=session, now=later(10))["students"]
    assert tile["says"] == {"answer": "lost", "at": T0 + 5}
    assert (tile["hand_since"], tile["heard"]) == (T0 + 7, T0 + 7)


def test_a_new_reading_leaves_what_was_said_on_the_tile(session):
    student = present(session)
    says(session, student, "lost", 5)
    live = live_class(session=session, now=later(6))
    published = {**live.tiles[student.pk], "says": None, "heard": 0.0, "updated": T0 + 7}
    assert live.apply(published)["says"] == {"answer": "lost", "at": T0 + 5}


def test_an_answer_that_no_longer_holds_goes_from_the_tile_by_itself(session):
    student = present(session)
    says(session, student, "lost", 5)
    live = live_class(session=session, now=later(6))
    assert live.settle(T0 + 184) == []
    assert [(tile["id"], tile["says"]) for tile in live.settle(T0 + 185)] == [(student.pk, None)]


def test_an_event_that_comes_late_changes_nothing(session):
    student = present(session)
    live = live_class(session=session, now=later(6))
    live.see_hand(student.pk, None, T0 + 9)
    assert live.see_hand(student.pk, T0 + 8, T0 + 8)["hand_since"] is None


def test_an_event_of_one_who_is_not_of_this_class_is_no_tile(session):
    live = live_class(session=session, now=later(6))
    assert live.hear_answer(999_999, {"answer": "lost", "at": T0 + 5}, T0 + 5) is None


def test_a_hand_lowered_while_nobody_watched_is_down(session):
    student = present(session)
    raise_hand(session=session, student=student, now=later(5))
    lower_hand(session=session, student=student, now=later(8))
    [tile] = live_class(session=session, now=later(9)).tiles.values()
    assert (tile["hand_since"], tile["heard"]) == (None, T0 + 8)


def test_closed_windows_of_answers_equal_the_timeline_over_http(session):
    one, two = present(session), present(session)
    says(session, one, "lost", 2)
    live = live_class(session=session, now=later(3))
    says(session, two, "too_fast", 4)
    live.hear_answer(two.pk, {"answer": "too_fast", "at": T0 + 4}, T0 + 4)
    assert live.answers_in(live.close_windows(T0 + 12)) == live_state(session=session, now=later(12))["answers"]


def test_without_cameras_one_who_is_there_is_in_class(session):
    session.course.reads_faces = False
    session.course.save()
    present(session, camera="paused")
    state = live_state(session=session, now=later(1))
    assert (state["session"]["reads_faces"], state["students"][0]["state"]) == (False, "in_class")
    assert state["mood"]["present"] == 1
