from datetime import timedelta

import pytest

from classroom.domain.live.state import live_class, live_state
from classroom.domain.tiles import build_tile
from classroom.models import Attendance
from tests import factories
from tests.factories import NOW, shares

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


def state_of_only_student(session, seconds: float) -> str:
    return live_state(session=session, now=later(seconds))["students"][0]["state"]


def test_student_who_never_joined_is_absent(session):
    factories.student_of(session.course)
    assert state_of_only_student(session, 1) == "absent"


def test_student_with_recent_face_is_seen(session):
    factories.reading(session, present(session), after_s=3)
    assert state_of_only_student(session, 4) == "seen"


def test_student_without_face_is_no_face(session):
    factories.reading(session, present(session), after_s=3, expression="")
    assert state_of_only_student(session, 4) == "no_face"


def test_student_with_uncertain_expression_is_uncertain(session):
    factories.reading(session, present(session), after_s=3, uncertain="too_dark")
    assert state_of_only_student(session, 4) == "uncertain"


def test_student_whose_last_reading_is_old_is_waiting(session):
    factories.reading(session, present(session), after_s=3)
    assert state_of_only_student(session, 14) == "waiting"


@pytest.mark.parametrize("camera", ["paused", "no_consent"])
def test_state_gives_why_the_camera_is_off(session, camera):
    present(session, camera=camera)
    assert state_of_only_student(session, 1) == camera


def test_student_whose_stay_ended_is_disconnected(session):
    present(session, left_at=later(5))
    assert state_of_only_student(session, 6) == "disconnected"


def test_student_whose_server_died_is_disconnected_after_a_minute(session):
    present(session)
    assert state_of_only_student(session, 61) == "disconnected"


def test_student_who_chose_to_leave_has_left(session):
    present(session, left_at=later(5))
    Attendance.objects.update(left=True)
    assert state_of_only_student(session, 6) == "left"


def test_mood_counts_the_students_it_rests_on(session):
    factories.reading(session, present(session), after_s=3, expression="happy")
    factories.reading(session, present(session), after_s=3, expression="")
    present(session, camera="paused")
    factories.student_of(session.course)
    mood = live_state(session=session, now=later(4))["mood"]
    assert (mood["seen"], mood["present"], mood["enrolled"]) == (1, 3, 4)
    assert mood["probabilities"] == pytest.approx(shares("happy"))


def test_mood_leaves_out_uncertain_readings(session):
    factories.reading(session, present(session), after_s=3, uncertain="too_dark")
    mood = live_state(session=session, now=later(4))["mood"]
    assert (mood["probabilities"], mood["valence"], mood["seen"]) == (None, None, 0)


def test_mood_of_class_without_students(session):
    state = live_state(session=session, now=later(4))
    assert (state["students"], state["mood"]["enrolled"], state["timeline"]) == ([], 0, [])


def test_new_tile_changes_mood_at_once(session):
    student = present(session)
    live = live_class(session=session, now=later(3))
    factories.reading(session, student, after_s=4, expression="sad")
    attendance = Attendance.objects.select_related("student", "latest_reading").get()
    live.apply(build_tile(attendance, is_present=True, now=later(4)))
    assert live.mood(T0 + 4)["probabilities"]["sad"] == pytest.approx(0.7)
    assert live.tiles[student.pk]["trend"] == [pytest.approx(-0.8)]


def test_older_tile_changes_nothing(session):
    student = present(session)
    factories.reading(session, student, after_s=4)
    live = live_class(session=session, now=later(5))
    old = {**live.tiles[student.pk], "updated": T0 + 1, "state": "paused"}
    assert live.apply(old)["state"] == "seen"


def test_tile_applied_twice_is_one_sample(session):
    student = present(session)
    factories.reading(session, student, after_s=4)
    live = live_class(session=session, now=later(5))
    live.apply(live.tiles[student.pk])
    assert len(live.samples) == 1


def test_tick_makes_seen_student_waiting_after_ten_seconds(session):
    student = present(session)
    factories.reading(session, student, after_s=4)
    live = live_class(session=session, now=later(5))
    assert live.tick(T0 + 13) == []
    assert [tile["id"] for tile in live.tick(T0 + 15)] == [student.pk]
    assert live.mood(T0 + 15)["seen"] == 0


@pytest.mark.parametrize("opened_after_s", [8, 10.5, 11.9])
def test_closed_windows_equal_the_timeline_over_http(session, opened_after_s):
    one, two = present(session), present(session)
    factories.reading(session, one, after_s=2, expression="happy")
    factories.reading(session, one, after_s=6, expression="neutral")
    factories.reading(session, two, after_s=7, expression="sad")
    live = live_class(session=session, now=later(opened_after_s))
    live.tick(T0 + 11)
    [window] = live.close_windows(T0 + 12)
    [stored] = live_state(session=session, now=later(12))["timeline"]
    assert window["probabilities"] == pytest.approx(stored["probabilities"])
    assert (window["at"], window["seen"], window["present"]) == (stored["at"], stored["seen"], stored["present"])


def test_live_state_takes_the_same_queries_for_one_and_three_students(session, django_assert_num_queries):
    for count in (1, 2):
        for _ in range(count):
            factories.reading(session, present(session), after_s=3)
        with django_assert_num_queries(11):
            live_state(session=session, now=later(4))


def test_student_removed_from_course_is_not_in_class(session):
    student = present(session)
    student.enrolments.all().delete()
    state = live_state(session=session, now=later(1))
    assert (state["students"], state["mood"]["enrolled"]) == ([], 0)
