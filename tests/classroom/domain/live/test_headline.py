"""The headline of the dashboard: how it describes a class, and that it does not flicker."""

from datetime import timedelta

import pytest

from classroom.domain.live.state import LiveClass, live_class, live_state
from classroom.domain.self_reports import record_answer
from classroom.measures import NEGATIVE
from tests import factories
from tests.factories import NOW, shares

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
T0 = NOW.timestamp()


@pytest.fixture
def session():
    return factories.session()


def later(seconds: float):
    return NOW + timedelta(seconds=seconds)


def present(session, name="", *, shows: str | None = None, says: str | None = None, **fields):
    """A student in class whose face shows `shows` at seconds 3 and 6, and who answers `says` at 5."""
    student = factories.student_of(session.course, name)
    factories.attendance(session, student, **fields)
    if shows is not None:
        for after_s in (3, 6):
            factories.reading(session, student, after_s=after_s, expression=shows)
    if says is not None:
        record_answer(session=session, student=student, answer=says, now=later(5))
    return student


def text_of(session, after_s: float = 8) -> str:
    return live_state(session=session, now=later(after_s))["sentence"]["text"]


def show(live: LiveClass, student, expression: str, *, at: float) -> None:
    """Apply a reading that arrives `at` seconds into the session."""
    tile = live.tiles[student.pk]
    moment = T0 + at
    live.apply({**tile, "state": "seen", "updated": moment, "captured_at": moment, "probabilities": shares(expression)})


def test_headline_of_class_without_students(session):
    assert text_of(session) == "Nobody is enrolled yet."


def test_headline_of_class_that_nobody_has_joined(session):
    factories.student_of(session.course)
    assert text_of(session) == "Nobody has joined yet."


def test_headline_counts_those_who_left_when_nobody_is_present(session):
    present(session, left_at=later(2))
    assert text_of(session) == "Everyone has left (there was 1)."


def test_headline_without_any_camera_on(session):
    present(session, camera="paused")
    present(session, camera="no_consent", says="lost")
    assert text_of(session) == "No camera is on (2 students). 1 says “lost”."


def test_headline_without_any_visible_face(session):
    present(session, shows="")
    assert text_of(session) == "No face is readable (0 of 1)."


def test_headline_with_too_few_visible_faces(session):
    for shows in ["happy", "happy", *[""] * 9]:
        present(session, shows=shows)
    assert text_of(session) == "Too few faces are readable (2 of 11)."


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (["neutral"] * 3 + ["happy"], "Most faces look calm."),
        (["happy"] * 3 + ["neutral"], "Most faces look happy."),
        (["surprise"] * 3 + ["neutral"], "Most faces look surprised."),
        (["happy", "happy", "neutral", "neutral"], "Most faces look calm or happy."),
        (["happy", "happy", "surprise", "surprise"], "Faces look mixed."),
        (["happy"], "The only readable face looks happy."),
    ],
)
def test_headline_describes_how_most_faces_look(session, shown, text):
    for shows in shown:
        present(session, shows=shows)
    assert text_of(session) == text


@pytest.mark.parametrize(
    ("shown", "says", "text"),
    [
        ("neutral", None, "The only readable face looks calm."),
        ("happy", None, "The only readable face looks happy."),
        ("surprise", None, "The only readable face looks surprised."),
        ("neutral", "all_good", "The only readable face looks calm. 1 says all is good."),
        ("sad", None, "The only readable face has looked troubled since {since}."),
        *[
            (negative, "all_good", "The only readable face belongs to a student who says all is good.")
            for negative in NEGATIVE
        ],
    ],
)
def test_headline_describes_the_only_readable_face(session, shown, says, text):
    present(session, shows=shown, says=says)
    assert text_of(session) == text


def test_headline_when_most_faces_belong_to_students_who_say_all_is_good(session):
    for shows in ("sad", "angry"):
        present(session, shows=shows, says="all_good")
    assert text_of(session) == "Most readable faces belong to students who say all is good."


def test_headline_when_half_of_the_faces_belong_to_students_who_say_all_is_good(session):
    for shows in ("sad", "happy"):
        present(session, shows=shows, says="all_good")
    assert text_of(session) == "Faces look mixed. 2 say all is good."


def test_headline_gives_problems_after_faces_of_students_who_say_all_is_good(session):
    present(session, shows="sad", says="all_good")
    present(session, camera="paused", says="lost")
    assert text_of(session) == "The only readable face belongs to a student who says all is good. 1 says “lost”."


def test_headline_names_one_or_two_troubled_students(session):
    for name, shows in [("Ada", "sad"), ("Ben", "happy"), ("Chen", "happy"), ("Elif", "happy")]:
        present(session, name, shows=shows)
    sentence = live_state(session=session, now=later(8))["sentence"]
    assert sentence["text"] == "Most faces look happy. 1 of 4 has looked troubled since {since} (Ada)."
    assert sentence["since"] == T0


def test_headline_counts_more_troubled_faces_along_with_answers(session):
    for shows in ["sad", "angry", "fear", *["happy"] * 5]:
        present(session, shows=shows)
    present(session, says="lost", shows="neutral")
    present(session, says="lost", camera="paused")
    assert text_of(session) == (
        "Most faces look happy. 3 of 9 have looked troubled since {since}; 2 say they are lost."
    )


def test_headline_when_most_faces_look_troubled(session):
    for shows in ["sad", "angry", "sad", "happy"]:
        present(session, shows=shows)
    assert text_of(session) == "Most faces look troubled: 3 of 4, since {since}."


def test_headline_gives_the_two_most_reported_problems(session):
    for says in ["lost", "too_slow", "too_fast", "too_fast", "too_slow", "too_fast", "all_good"]:
        present(session, says=says, shows="happy")
    assert text_of(session) == "Most faces look happy. 3 say it is too fast; 2 say it is too slow."


def test_headline_gives_all_good_when_nobody_reports_a_problem(session):
    present(session, says="all_good", shows="happy")
    assert text_of(session) == "The only readable face looks happy. 1 says all is good."


def test_headline_of_course_without_cameras_gives_answers_alone(session):
    session.course.mode = "answers"
    session.course.save()
    for says in ["lost", "lost", "too_fast", None]:
        present(session, says=says)
    assert text_of(session) == "2 of 4 say they are lost; 1 says it is too fast."


def test_headline_of_course_without_cameras_and_answers(session):
    session.course.mode = "answers"
    session.course.save()
    present(session)
    assert text_of(session) == "The only student present has not answered recently."
    present(session)
    assert text_of(session) == "None of the 2 students present has answered recently."


def test_headline_warns_when_readings_are_not_saved(session):
    present(session, shows="happy")
    live = live_class(session=session, now=later(8))
    assert live.headline(T0 + 8, is_saved=False)["text"] == (
        "The only readable face looks happy. This is not being saved right now."
    )


def test_headline_does_not_take_braces_in_a_name_for_the_time(session):
    for name, shows in [("{since}", "sad"), ("Ben", "happy"), ("Chen", "happy")]:
        present(session, name, shows=shows)
    assert text_of(session) == "Most faces look happy. 1 of 3 has looked troubled since {since} ((since))."


def test_face_read_only_once_is_unknown_rather_than_calm(session):
    factories.reading(session, present(session), after_s=6, expression="sad")
    assert text_of(session) == "Too few readings yet to say how faces look."


def test_headline_of_slow_snapshots_rests_on_the_window_before_too(session):
    for _ in range(11):
        student = present(session)
        for after_s in (3, 12):
            factories.reading(session, student, after_s=after_s, expression="sad")
    assert text_of(session, after_s=14) == "Most faces look troubled: 11 of 11, since {since}."


def test_face_of_a_student_who_says_that_all_is_good_does_not_look_troubled(session):
    present(session, "Ada", shows="sad", says="all_good")
    present(session, "Ben", shows="sad", says="lost")
    for _ in range(4):
        present(session, shows="happy")
    assert text_of(session) == ("Most faces look happy. 1 of 6 has looked troubled since {since} (Ben); 1 says “lost”.")


def test_headline_stays_for_four_seconds(session):
    student = present(session, shows="happy")
    live = live_class(session=session, now=later(8))
    assert live.headline(T0 + 8)["text"] == "The only readable face looks happy."
    live.apply_answer(student.pk, {"answer": "lost", "at": T0 + 9}, T0 + 9)
    assert live.headline(T0 + 11.9)["text"] == "The only readable face looks happy."
    assert live.headline(T0 + 12)["text"] == "The only readable face looks happy. 1 says “lost”."


def test_headline_changes_at_once_with_its_topic(session):
    student = present(session, shows="happy")
    live = live_class(session=session, now=later(8))
    live.headline(T0 + 8)
    live.mark_disconnected({student.pk})
    assert live.headline(T0 + 9)["text"] == "Everyone has left (there was 1)."


def test_troubled_face_stays_troubled_between_the_two_bounds(session):
    student = present(session, shows="happy")
    live = live_class(session=session, now=later(8))
    assert live.mood_trend.troubled == {}
    for at in (9.0, 9.1, 9.2):
        show(live, student, "sad", at=at)
    live.update_mood_trend(T0 + 10)
    assert live.mood_trend.troubled == {student.pk: T0 + 10}
    for at in (10.5, 10.6):
        show(live, student, "happy", at=at)
    live.update_mood_trend(T0 + 11)
    assert list(live.mood_trend.troubled) == [student.pk]
    for at in (11.0, 11.1, 11.2, 11.3):
        show(live, student, "happy", at=at)
    live.update_mood_trend(T0 + 12)
    assert live.mood_trend.troubled == {}


def test_prevailing_appearance_changes_only_to_one_clearly_ahead(session):
    students = [present(session) for _ in range(10)]
    live = live_class(session=session, now=later(1))

    def prevailing_with(happy: int, *, at: float) -> str | None:
        for place, student in enumerate(students):
            for moment in (at - 1, at):
                show(live, student, "happy" if place < happy else "surprise", at=moment)
        live.update_mood_trend(T0 + at)
        return live.mood_trend.prevailing

    assert prevailing_with(6, at=5) == "happy"
    assert prevailing_with(4, at=16) == "surprised"
    assert prevailing_with(5, at=27) == "mixed"
    assert prevailing_with(4, at=38) == "surprised"


def test_troubled_since_survives_opening_the_page_again(session):
    student = present(session)
    for after_s in range(0, 40, 3):
        factories.reading(session, student, after_s=after_s, expression="happy" if after_s < 20 else "sad", seq=after_s)
    sentence = live_state(session=session, now=later(41))["sentence"]
    assert sentence == {"text": "The only readable face has looked troubled since {since}.", "since": T0 + 20}
