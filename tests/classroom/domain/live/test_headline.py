"""The sentence at the top of the dashboard: what it says of a class, and that it does not flicker."""

from datetime import timedelta

import pytest

from classroom.domain.live.state import LiveClass, live_class, live_state
from classroom.domain.self_reports import say
from tests import factories
from tests.factories import NOW, shares

pytestmark = pytest.mark.django_db
T0 = NOW.timestamp()


@pytest.fixture
def session():
    return factories.session()


def later(seconds: float):
    return NOW + timedelta(seconds=seconds)


def present(session, name="", *, shows: str | None = None, says: str | None = None, **fields):
    """One in class; `shows` at seconds 3 and 6, `says` at 5."""
    student = factories.student_of(session.course, name)
    factories.attendance(session, student, **fields)
    if shows is not None:
        for after_s in (3, 6):
            factories.reading(session, student, after_s=after_s, expression=shows)
    if says is not None:
        say(session=session, student=student, answer=says, now=later(5))
    return student


def text_of(session, after_s: float = 8) -> str:
    return live_state(session=session, now=later(after_s))["sentence"]["text"]


def show(live: LiveClass, student, expression: str, *, at: float) -> None:
    """A reading comes in, `at` seconds into the session."""
    tile = live.tiles[student.pk]
    moment = T0 + at
    live.apply({**tile, "state": "seen", "updated": moment, "captured_at": moment, "probabilities": shares(expression)})


def test_a_class_without_students(session):
    assert text_of(session) == "Nobody is enrolled yet."


def test_a_class_that_nobody_has_joined(session):
    factories.student_of(session.course)
    assert text_of(session) == "Nobody has joined yet."


def test_a_class_that_everybody_has_left(session):
    present(session, left_at=later(2))
    assert text_of(session) == "Nobody is in class any more."


def test_a_class_without_a_camera_that_is_on(session):
    present(session, camera="paused")
    present(session, camera="no_consent", says="lost")
    assert text_of(session) == "No camera is on (2 students). 1 says “lost”."


def test_a_class_whose_faces_are_not_seen(session):
    present(session, shows="")
    assert text_of(session) == "No face is seen (0 of 1)."


def test_too_few_faces_to_say(session):
    for shows in ["happy", "happy", *[""] * 9]:
        present(session, shows=shows)
    assert text_of(session) == "Too few faces are seen to say (2 of 11)."


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (["neutral"] * 3 + ["happy"], "Most faces look calm."),
        (["happy"] * 3 + ["neutral"], "Most faces look happy."),
        (["surprise"] * 3 + ["neutral"], "Most faces look surprised."),
        (["happy", "happy", "neutral", "neutral"], "Most faces look calm or happy."),
        (["happy", "happy", "surprise", "surprise"], "Faces look mixed."),
        (["happy"], "The one face seen looks happy."),
    ],
)
def test_how_most_faces_look(session, shown, text):
    for shows in shown:
        present(session, shows=shows)
    assert text_of(session) == text


def test_one_or_two_troubled_faces_are_named(session):
    for name, shows in [("Ada", "sad"), ("Ben", "happy"), ("Chen", "happy"), ("Elif", "happy")]:
        present(session, name, shows=shows)
    sentence = live_state(session=session, now=later(8))["sentence"]
    assert sentence["text"] == "Most faces look happy. 1 of 4 has looked troubled since {since} (Ada)."
    assert sentence["since"] == T0


def test_more_troubled_faces_are_counted_beside_what_is_said(session):
    for shows in ["sad", "angry", "fear", *["happy"] * 5]:
        present(session, shows=shows)
    present(session, says="lost", shows="neutral")
    present(session, says="lost", camera="paused")
    assert text_of(session) == (
        "Most faces look happy. 3 of 9 have looked troubled since {since}; 2 say they are lost."
    )


def test_a_class_most_of_which_looks_troubled(session):
    for shows in ["sad", "angry", "sad", "happy"]:
        present(session, shows=shows)
    assert text_of(session) == "Most faces look troubled: 3 of 4, since {since}."


def test_the_two_troubles_that_most_name_come_first(session):
    for says in ["lost", "too_slow", "too_fast", "too_fast", "too_slow", "too_fast", "all_good"]:
        present(session, says=says, shows="happy")
    assert text_of(session) == "Most faces look happy. 3 say it is too fast; 2 say it is too slow."


def test_that_all_is_good_is_said_where_nobody_names_trouble(session):
    present(session, says="all_good", shows="happy")
    assert text_of(session) == "The one face seen looks happy. 1 says all is good."


def test_a_course_without_cameras_speaks_of_answers_alone(session):
    session.course.reads_faces = False
    session.course.save()
    for says in ["lost", "lost", "too_fast", None]:
        present(session, says=says)
    assert text_of(session) == "2 of 4 say they are lost; 1 says it is too fast."


def test_a_course_without_cameras_in_which_nobody_has_said_anything(session):
    session.course.reads_faces = False
    session.course.save()
    present(session)
    assert text_of(session) == "Nobody of the 1 present has said anything lately."


def test_what_is_not_saved_is_said(session):
    present(session, shows="happy")
    live = live_class(session=session, now=later(8))
    assert live.sentence(T0 + 8, is_saved=False)["text"] == (
        "The one face seen looks happy. This is not being saved right now."
    )


def test_a_name_with_braces_does_not_stand_for_a_moment(session):
    for name, shows in [("{since}", "sad"), ("Ben", "happy"), ("Chen", "happy")]:
        present(session, name, shows=shows)
    assert text_of(session) == "Most faces look happy. 1 of 3 has looked troubled since {since} ((since))."


def test_one_frame_makes_no_face_look_troubled(session):
    factories.reading(session, present(session), after_s=6, expression="sad")
    assert text_of(session) == "The one face seen looks calm."


def test_a_sentence_stays_for_some_seconds(session):
    student = present(session, shows="happy")
    live = live_class(session=session, now=later(8))
    assert live.sentence(T0 + 8)["text"] == "The one face seen looks happy."
    live.hear_answer(student.pk, {"answer": "lost", "at": T0 + 9}, T0 + 9)
    assert live.sentence(T0 + 11.9)["text"] == "The one face seen looks happy."
    assert live.sentence(T0 + 12)["text"] == "The one face seen looks happy. 1 says “lost”."


def test_a_sentence_that_is_no_longer_true_at_all_goes_at_once(session):
    student = present(session, shows="happy")
    live = live_class(session=session, now=later(8))
    live.sentence(T0 + 8)
    live.lose({student.pk})
    assert live.sentence(T0 + 9)["text"] == "Nobody is in class any more."


def test_a_face_between_the_two_bounds_stays_what_it_was(session):
    student = present(session, shows="happy")
    live = live_class(session=session, now=later(8))
    assert live.glance.troubled == {}
    for at in (9.0, 9.1, 9.2):
        show(live, student, "sad", at=at)
    live.look(T0 + 10)
    assert live.glance.troubled == {student.pk: T0 + 10}
    for at in (10.5, 10.6):
        show(live, student, "happy", at=at)
    live.look(T0 + 11)
    assert list(live.glance.troubled) == [student.pk]
    for at in (11.0, 11.1, 11.2, 11.3):
        show(live, student, "happy", at=at)
    live.look(T0 + 12)
    assert live.glance.troubled == {}


def test_how_most_look_takes_another_look_clearly_ahead(session):
    students = [present(session) for _ in range(10)]
    live = live_class(session=session, now=later(1))

    def most_with(happy: int, *, at: float) -> str | None:
        for place, student in enumerate(students):
            show(live, student, "happy" if place < happy else "surprise", at=at)
        live.look(T0 + at)
        return live.glance.most

    assert most_with(6, at=5) == "happy"
    assert most_with(4, at=16) == "surprised"
    assert most_with(5, at=27) == "mixed"
    assert most_with(4, at=38) == "surprised"


def test_since_when_survives_opening_the_page_anew(session):
    student = present(session)
    for after_s in range(0, 40, 3):
        factories.reading(session, student, after_s=after_s, expression="happy" if after_s < 20 else "sad", seq=after_s)
    sentence = live_state(session=session, now=later(41))["sentence"]
    assert sentence == {"text": "The one face seen has looked troubled since {since}.", "since": T0 + 20}
