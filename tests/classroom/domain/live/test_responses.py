from datetime import timedelta

import pytest

from classroom.domain.asking import ask_class
from classroom.domain.live.state import live_class, live_state
from classroom.domain.self_reports import lower_hand, raise_hand, record_answer
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


def give_answer(session, student, answer, after_s):
    record_answer(session=session, student=student, answer=answer, now=later(after_s))


def test_class_responses_count_only_students_present(session):
    for answer in ("lost", "lost", "all_good"):
        give_answer(session, present(session), answer, 5)
    present(session)
    give_answer(session, present(session, left_at=later(6)), "lost", 5)
    responses = live_state(session=session, now=later(10))["voice"]
    assert responses["answers"] == {"too_fast": 0, "too_slow": 0, "lost": 2, "all_good": 1}
    assert (responses["said"], responses["present"]) == (3, 4)


def ask(session, after_s):
    ask_class(session=session, author=session.course.teachers.get(), now=later(after_s))
    session.refresh_from_db()


def asked(session, after_s):
    return live_state(session=session, now=later(after_s))["voice"]["asked"]


def test_class_that_nobody_asked_has_no_ask(session):
    give_answer(session, present(session), "lost", 5)
    assert asked(session, 10) is None


def test_ask_counts_the_students_present_who_have_answered_since(session):
    give_answer(session, present(session), "lost", 5)
    give_answer(session, present(session, left_at=later(9)), "lost", 8)
    present(session)
    students = [present(session) for _ in range(2)]
    ask(session, 7)
    give_answer(session, students[0], "lost", 7)
    give_answer(session, students[1], "all_good", 9)
    assert asked(session, 10) == {"at": T0 + 7, "answered": 2}


def test_ask_is_over_once_an_answer_to_it_would_be(session):
    ask(session, 7)
    assert (asked(session, 186), asked(session, 187)) == ({"at": T0 + 7, "answered": 0}, None)


def test_answers_before_and_after_an_ask_both_count_in_their_windows(session):
    student = present(session)
    live = live_class(session=session, now=later(5))
    give_answer(session, student, "lost", 8)
    live.apply_answer(student.pk, {"answer": "lost", "at": T0 + 8}, T0 + 8)
    ask(session, 9)
    live.apply_ask(T0 + 9)
    give_answer(session, student, "all_good", 12)
    live.apply_answer(student.pk, {"answer": "all_good", "at": T0 + 12}, T0 + 12)
    live.tick(T0 + 20)
    fresh = live_class(session=session, now=later(20))
    windows = [[each["at"] - T0, *each["answers"].values()] for each in live.response_log.windows([T0, T0 + 10])]
    assert windows == [[0, 0, 0, 1, 0], [10, 0, 0, 0, 1]]
    assert live.response_log.windows([T0, T0 + 10]) == fresh.response_log.windows([T0, T0 + 10])


def test_hands_are_listed_in_the_order_they_were_raised(session):
    for name, after_s in (("Ben", 9), ("Ada", 4)):
        raise_hand(session=session, student=present(session, name), now=later(after_s))
    hands = live_state(session=session, now=later(10))["voice"]["hands"]
    assert [(hand["name"], hand["since"]) for hand in hands] == [("Ada", T0 + 4), ("Ben", T0 + 9)]


def test_class_responses_count_negative_faces(session):
    factories.reading(session, present(session), after_s=5, expression="sad")
    factories.reading(session, present(session), after_s=5, expression="happy")
    factories.reading(session, present(session), after_s=5, expression="")
    responses = live_state(session=session, now=later(6))["voice"]
    assert (responses["negative"], responses["seen"]) == (1, 2)


def test_tile_has_answer_and_hand_of_its_student(session):
    student = present(session)
    give_answer(session, student, "lost", 5)
    raise_hand(session=session, student=student, now=later(7))
    [tile] = live_state(session=session, now=later(10))["students"]
    assert tile["says"] == {"answer": "lost", "at": T0 + 5}
    assert (tile["hand_since"], tile["heard"]) == (T0 + 7, T0 + 7)


def test_new_reading_leaves_answer_on_tile(session):
    student = present(session)
    give_answer(session, student, "lost", 5)
    live = live_class(session=session, now=later(6))
    published = {**live.tiles[student.pk], "says": None, "heard": 0.0, "updated": T0 + 7}
    assert live.apply(published)["says"] == {"answer": "lost", "at": T0 + 5}


def test_answer_expires_from_tile_after_three_minutes(session):
    student = present(session)
    give_answer(session, student, "lost", 5)
    live = live_class(session=session, now=later(6))
    assert live.tick(T0 + 184) == []
    assert [(tile["id"], tile["says"]) for tile in live.tick(T0 + 185)] == [(student.pk, None)]


def test_late_event_changes_nothing(session):
    student = present(session)
    live = live_class(session=session, now=later(6))
    live.apply_hand(student.pk, None, T0 + 9)
    assert live.apply_hand(student.pk, T0 + 8, T0 + 8)["hand_since"] is None


def test_answer_of_student_outside_the_class_changes_no_tile(session):
    live = live_class(session=session, now=later(6))
    assert live.apply_answer(999_999, {"answer": "lost", "at": T0 + 5}, T0 + 5) is None


def test_hand_lowered_before_the_dashboard_opened_is_down(session):
    student = present(session)
    raise_hand(session=session, student=student, now=later(5))
    lower_hand(session=session, student=student, now=later(8))
    [tile] = live_class(session=session, now=later(9)).tiles.values()
    assert (tile["hand_since"], tile["heard"]) == (None, T0 + 8)


def test_closed_answer_windows_equal_the_timeline_over_http(session):
    one, two = present(session), present(session)
    give_answer(session, one, "lost", 2)
    live = live_class(session=session, now=later(3))
    give_answer(session, two, "too_fast", 4)
    live.apply_answer(two.pk, {"answer": "too_fast", "at": T0 + 4}, T0 + 4)
    assert live.answers_in(live.close_windows(T0 + 12)) == live_state(session=session, now=later(12))["answers"]


def test_student_present_in_course_without_cameras_is_in_class(session):
    session.course.mode = "answers"
    session.course.save()
    present(session, camera="paused")
    state = live_state(session=session, now=later(1))
    assert (state["session"]["reads_faces"], state["students"][0]["state"]) == (False, "in_class")
    assert state["mood"]["present"] == 1
