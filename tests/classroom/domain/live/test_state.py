from datetime import timedelta

import pytest

from classroom.domain.live.state import live_class, live_state
from classroom.domain.tiles import build_tile
from classroom.measures import SHOWN
from classroom.models import Attendance
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
    assert mood["counts"] == {**dict.fromkeys(SHOWN, 0), "happy": 1, "unread": 2}


def test_mood_counts_uncertain_faces_by_themselves(session):
    factories.reading(session, present(session), after_s=3, uncertain="too_dark")
    mood = live_state(session=session, now=later(4))["mood"]
    assert (mood["counts"]["uncertain"], mood["negative"], mood["seen"]) == (1, 0, 0)


def test_mood_of_class_without_students(session):
    state = live_state(session=session, now=later(4))
    assert (state["students"], state["mood"]["enrolled"], state["timeline"]) == ([], 0, [])


def test_new_tile_changes_mood_at_once(session):
    student = present(session)
    live = live_class(session=session, now=later(3))
    factories.reading(session, student, after_s=4, expression="sad")
    attendance = Attendance.objects.select_related("student", "latest_reading").get()
    live.apply(build_tile(attendance, is_present=True, now=later(4)))
    assert (live.mood()["counts"]["sad"], live.mood()["negative"]) == (1, 1)
    assert live.tiles[student.pk]["trend"] == [pytest.approx(-0.8)]


def test_tile_shows_what_most_of_its_window_shows(session):
    student = present(session)
    for after_s, expression in ((3, "neutral"), (5, "neutral"), (7, "angry")):
        factories.reading(session, student, after_s=after_s, expression=expression)
    [tile] = live_state(session=session, now=later(8))["students"]
    assert (tile["state"], tile["expression"]) == ("seen", "neutral")
    assert tile["confidence"] == tile["probabilities"]["neutral"] == pytest.approx(1.45 / 3)


def test_tile_keeps_its_expression_through_one_snapshot_without_a_face(session):
    student = present(session)
    factories.reading(session, student, after_s=3, expression="sad")
    factories.reading(session, student, after_s=5, expression="")
    state = live_state(session=session, now=later(6))
    assert (state["students"][0]["state"], state["students"][0]["expression"]) == ("seen", "sad")
    assert state["mood"]["counts"]["sad"] == 1


def test_tile_without_a_camera_shows_no_expression(session):
    student = present(session, camera="paused")
    factories.reading(session, student, after_s=3, expression="sad")
    [tile] = live_state(session=session, now=later(4))["students"]
    assert (tile["state"], tile["expression"], tile["probabilities"]) == ("paused", None, None)


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
    assert live.mood()["seen"] == 0


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
    assert window == stored


def test_window_that_closes_late_has_its_samples(session):
    student = present(session)
    factories.reading(session, student, after_s=6, expression="happy")
    live = live_class(session=session, now=later(8))
    live.tick(T0 + 11.9)
    assert live.close_windows(T0 + 11.9) == []
    live.tick(T0 + 20.2)
    [window] = live.close_windows(T0 + 20.2)
    assert (window["at"], window["seen"], window["counts"]["happy"]) == (T0, 1, 1)


def test_samples_of_windows_that_have_closed_are_dropped(session):
    student = present(session)
    factories.reading(session, student, after_s=6)
    live = live_class(session=session, now=later(8))
    for now in (T0 + 20.2, T0 + 22):
        live.tick(now)
        live.close_windows(now)
    assert len(live.samples) == 0


def test_live_state_takes_the_same_queries_for_one_and_three_students(session, django_assert_num_queries):
    for count in (1, 2):
        for _ in range(count):
            factories.reading(session, present(session), after_s=3)
        with django_assert_num_queries(13):
            live_state(session=session, now=later(4))


def test_student_removed_from_course_is_not_in_class(session):
    student = present(session)
    student.enrolments.all().delete()
    state = live_state(session=session, now=later(1))
    assert (state["students"], state["mood"]["enrolled"]) == ([], 0)
