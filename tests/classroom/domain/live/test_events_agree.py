"""For each kind of change: the first state plus the events of the change equals a state loaded afterwards."""

from datetime import timedelta

import pytest

from classroom.domain.asking import ask_class
from classroom.domain.attendance import join_session, leave_session, set_camera
from classroom.domain.consent.consents import withdraw_consent
from classroom.domain.live.state import LiveClass, live_class, lost_connections
from classroom.domain.markers import add_marker, remove_marker, rename_marker
from classroom.domain.readings.record import erase_readings
from classroom.domain.self_reports import erase_self_reports, lower_hand, raise_hand, record_answer
from classroom.domain.tiles import build_tile
from classroom.infra import events
from classroom.models import Attendance, Marker, Stay
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(monkeypatch):
    """The messages published during the test, in place of the channel layer's delivery."""
    messages: list[dict] = []
    monkeypatch.setattr(events, "publish", lambda group, message: messages.append(message))
    return messages


def later(seconds: float):
    return NOW + timedelta(seconds=seconds)


def apply(live: LiveClass, message: dict) -> None:
    """Apply a message as TeacherConsumer does."""
    if message["type"] == "tiles.changed":
        for tile in message["tiles"]:
            live.apply(tile)
    elif message["type"] == "answer.said":
        live.apply_answer(message["student"], message["says"], message["heard"])
    elif message["type"] == "hand.moved":
        live.apply_hand(message["student"], message["since"], message["heard"])
    elif message["type"] == "class.asked":
        live.apply_ask(message["at"])


def shown(live: LiveClass, after_s: float):
    """The state as the dashboard shows it. A tile's `heard` only orders events: a deleted answer leaves none behind."""
    now = later(after_s).timestamp()
    live.tick(now)
    tiles = {pk: {**tile, "heard": None} for pk, tile in live.tiles.items()}
    headline = live.headline(now)
    # The database only has it to within ten seconds.
    since = headline["since"] and pytest.approx(headline["since"], abs=10)
    return tiles, live.mood(), live.responses(), headline["text"], since


def read(session, student, after_s: float, **fields) -> None:
    """Store and publish a reading, as an analysed snapshot does."""
    factories.reading(session, student, after_s=after_s, **fields)
    attendance = Attendance.objects.select_related("student", "latest_reading", "session__course").get(student=student)
    events.publish_tiles(session.pk, [build_tile(attendance, is_present=True, now=later(after_s))])


def stay_of(student) -> Stay:
    return Stay.objects.select_related("attendance__student", "attendance__session").get(attendance__student=student)


def answer(session, student, after_s: float, given: str) -> None:
    record_answer(session=session, student=student, answer=given, now=later(after_s))


def ask(session, after_s: float) -> None:
    ask_class(session=session, author=session.course.teachers.get(), now=later(after_s))


CHANGES = {
    "happy face": lambda session, student: read(session, student, 11, expression="happy"),
    "sad face": lambda session, student: read(session, student, 11, expression="sad"),
    "no face": lambda session, student: read(session, student, 11, expression=""),
    "uncertain face": lambda session, student: read(session, student, 11, uncertain="too_dark"),
    "camera paused": lambda session, student: set_camera(stay=stay_of(student), on=False, now=later(11)),
    "camera started": lambda session, student: [
        set_camera(stay=stay_of(student), on=False, now=later(8)),
        set_camera(stay=stay_of(student), on=True, now=later(11)),
    ],
    "consent withdrawn": lambda session, student: [
        withdraw_consent(student=student, now=later(11)),
        set_camera(stay=stay_of(student), on=False, now=later(11)),
    ],
    "left": lambda session, student: leave_session(stay=stay_of(student), by_choice=True, now=later(11)),
    "connection lost": lambda session, student: leave_session(stay=stay_of(student), by_choice=False, now=later(11)),
    "joined again": lambda session, student: join_session(session=session, student=student, now=later(11)),
    "answer": lambda session, student: answer(session, student, 11, "lost"),
    "answer repeated": lambda session, student: [answer(session, student, second, "lost") for second in (8, 11)],
    "answer corrected": lambda session, student: [
        answer(session, student, 8, "lost"),
        answer(session, student, 11, "all_good"),
    ],
    "answer erased": lambda session, student: [
        answer(session, student, 8, "lost"),
        erase_self_reports(student=student, now=later(11)),
    ],
    "class asked": lambda session, student: ask(session, 11),
    "class asked after an answer": lambda session, student: [answer(session, student, 8, "lost"), ask(session, 11)],
    "class asked before an answer": lambda session, student: [ask(session, 8), answer(session, student, 11, "lost")],
    "answer given before and after the ask": lambda session, student: [
        answer(session, student, 8, "lost"),
        ask(session, 9),
        answer(session, student, 11, "lost"),
    ],
    "hand up": lambda session, student: raise_hand(session=session, student=student, now=later(11)),
    "hand down": lambda session, student: [
        raise_hand(session=session, student=student, now=later(8)),
        lower_hand(session=session, student=student, now=later(11), by_teacher=True),
    ],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_first_state_and_events_equal_a_fresh_state(published, change):
    session = factories.session()
    student, other = (factories.student_of(session.course, name) for name in ("Ada", "Ben"))
    for each in (student, other):
        factories.attendance(session, each)
        factories.reading(session, each, after_s=3)
    live = live_class(session=session, now=later(5))

    change(session, student)
    for message in published:
        apply(live, message)

    session.refresh_from_db()
    assert shown(live, 12) == shown(live_class(session=session, now=later(12)), 12)


RELOADS = {
    "enrolled": (lambda session, student: factories.student_of(session.course), "class.changed"),
    "removed from the course": (lambda session, student: student.enrolments.all().delete(), "class.changed"),
    "readings erased": (lambda session, student: erase_readings(student=student, now=later(11)), "class.changed"),
    "course without cameras": (lambda session, student: stop_reading_faces(session.course), "course.changed"),
    "marker set": (lambda session, student: set_marker(session), "markers.changed"),
    "marker renamed": (
        lambda session, student: rename_marker(marker=a_marker(session), text="Quiz"),
        "markers.changed",
    ),
    "marker removed": (lambda session, student: remove_marker(marker=a_marker(session)), "markers.changed"),
}


def stop_reading_faces(course) -> None:
    course.mode = "answers"
    course.save()


def set_marker(session) -> None:
    add_marker(session=session, author=session.course.teachers.get(), text="Exercise", at=later(11))


def a_marker(session) -> Marker:
    return Marker.objects.create(session=session, text="Exercise", at=later(8))


@pytest.mark.parametrize(("change", "event"), RELOADS.values(), ids=RELOADS)
def test_change_that_no_tile_carries_makes_the_dashboard_reload(
    published, django_capture_on_commit_callbacks, change, event
):
    session = factories.session()
    student = factories.student_of(session.course, "Ada")
    factories.attendance(session, student)
    factories.reading(session, student, after_s=3)
    with django_capture_on_commit_callbacks(execute=True):
        change(session, student)
    assert event in [message["type"] for message in published]


@pytest.mark.parametrize("after_s", [184, 185, 186])
def test_first_state_and_the_event_of_an_ask_equal_a_fresh_state_until_it_is_over(published, after_s):
    session = factories.session()
    live = live_class(session=session, now=later(4))
    ask(session, 5)
    for message in published:
        apply(live, message)
    session.refresh_from_db()
    fresh = live_class(session=session, now=later(after_s))
    assert shown(live, after_s) == shown(fresh, after_s)
    assert (live.responses()["asked"] is None) == (after_s >= 185)


def test_first_state_and_ticks_equal_a_fresh_state_after_a_silent_minute():
    session = factories.session()
    student = factories.student_of(session.course, "Ada")
    factories.attendance(session, student)
    factories.reading(session, student, after_s=3)
    live = live_class(session=session, now=later(5))

    for second in range(6, 71):
        live.mark_disconnected(lost_connections(session=session, now=later(second)))
        live.tick(later(second).timestamp())

    assert shown(live, 70) == shown(live_class(session=session, now=later(70)), 70)
