from datetime import timedelta

import pytest
from django.utils import translation

from classroom.domain.asking import NothingToAsk, ask_class
from classroom.domain.markers import MAX_MARKERS
from classroom.domain.self_reports import current_ask, record_answer
from classroom.domain.sessions import end_session
from classroom.infra import events
from classroom.models import ClassSession, Marker, SelfReport
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(monkeypatch):
    """What was published: the group and the message."""
    messages: list[tuple[str, dict]] = []
    monkeypatch.setattr(events, "publish", lambda group, message: messages.append((group, message)))
    return messages


@pytest.fixture
def session():
    return factories.session(factories.course(factories.teacher("Marta")))


def later(seconds: float):
    return NOW + timedelta(seconds=seconds)


def ask(session, after_s: float):
    return ask_class(session=session, author=session.course.teachers.get(), now=later(after_s))


def markers() -> list[tuple[str, str, float]]:
    rows = Marker.objects.select_related("author")
    return [(marker.text, marker.author.name, (marker.at - NOW).total_seconds()) for marker in rows]


def answers() -> list[tuple[str, float]]:
    return [(report.answer, (report.at - NOW).total_seconds()) for report in SelfReport.objects.all()]


def test_ask_is_stored_marked_and_published_to_every_socket(session, published):
    assert ask(session, 10) == later(10)
    assert ClassSession.objects.get().asked_at == later(10)
    assert markers() == [("Asked how the class is going", "Marta", 10)]
    asked = {"type": "class.asked", "at": later(10).timestamp()}
    assert published[0] == (events.session_group(session.pk), asked)
    assert [message["type"] for _, message in published] == ["class.asked", "markers.changed"]


def test_second_ask_within_a_minute_is_the_first(session, published):
    ask(session, 10)
    assert [ask(session, after_s) for after_s in (10, 12, 69.9)] == [later(10)] * 3
    assert ClassSession.objects.get().asked_at == later(10)
    assert (len(markers()), len(published)) == (1, 2)


def test_ask_after_a_minute_is_another(session):
    ask(session, 10)
    assert ask(session, 70) == later(70)
    assert [at for _, _, at in markers()] == [10, 70]


def test_ended_class_cannot_be_asked(session, published):
    ask(session, 10)
    end_session(session=session, now=later(60))
    published.clear()
    with pytest.raises(NothingToAsk):
        ask(session, 61)
    assert (ClassSession.objects.get().asked_at, len(markers()), published) == (later(10), 1, [])


def test_class_with_the_most_markers_is_asked_without_another(session, published):
    Marker.objects.bulk_create(Marker(session=session, at=NOW, text="x") for _ in range(MAX_MARKERS))
    assert ask(session, 10) == later(10)
    assert Marker.objects.count() == MAX_MARKERS
    assert [message["type"] for _, message in published] == ["class.asked"]


def test_marker_is_in_the_language_of_its_author(session):
    with translation.override("hi"):
        ask(session, 10)
    assert [text for text, _, _ in markers()] == ["पूछा गया कि कक्षा कैसी चल रही है"]


def test_ask_is_in_force_for_as_long_as_an_answer_holds(session):
    assert current_ask(session=session, now=later(5)) is None
    ask(session, 10)
    session.refresh_from_db()
    found = [current_ask(session=session, now=later(after_s)) for after_s in (10, 189, 190)]
    assert found == [later(10).timestamp(), later(10).timestamp(), None]


@pytest.mark.parametrize("answer", ["lost", "all_good"])
def test_answer_from_before_an_ask_is_not_corrected_after_it(session, answer):
    student = factories.student_of(session.course)
    record_answer(session=session, student=student, answer="lost", now=later(8))
    ask(session, 10)
    record_answer(session=session, student=student, answer=answer, now=later(12))
    assert answers() == [("lost", 8), (answer, 12)]


def test_answer_given_at_the_moment_of_the_ask_is_corrected_as_usual(session):
    student = factories.student_of(session.course)
    ask(session, 10)
    for answer, after_s in (("lost", 10), ("lost", 11), ("all_good", 12)):
        record_answer(session=session, student=student, answer=answer, now=later(after_s))
    assert answers() == [("all_good", 12)]
