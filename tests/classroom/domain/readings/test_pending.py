"""Readings made while the database is unavailable: shown, buffered, and saved once, if that is still allowed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import cache

from accounts.models import ConsentText
from classroom.domain.consent.consents import withdraw_consent
from classroom.domain.readings.pending import WRITER, save_or_buffer, write_pending_readings
from classroom.domain.readings.permission_cache import check_permissions
from classroom.domain.readings.record import Dropped, Read, erase_readings
from classroom.domain.sessions import end_session
from classroom.infra import events
from classroom.infra.pending_store import MemoryPendingStore, pending_store
from classroom.models import Attendance, ClassSession, Reading
from tests import factories
from tests.classroom.domain.readings.recognised import face, recognised, ref
from tests.factories import NOW
from tests.outages import database_unavailable

pytestmark = pytest.mark.django_db

TAKEN = NOW + timedelta(seconds=5)
LATER = NOW + timedelta(seconds=90)


@pytest.fixture(autouse=True)
def _empty_store(settings, monkeypatch):
    settings.EMBEDDED = True
    monkeypatch.setattr("classroom.infra.pending_store._memory", MemoryPendingStore())


@pytest.fixture
def session():
    return factories.session()


@pytest.fixture
def student(session):
    student = factories.student_of(session.course, "Ada")
    factories.attendance(session, student)
    return student


@pytest.fixture
def published(monkeypatch):
    """The messages to the teachers."""
    messages = []
    monkeypatch.setattr(events, "publish", lambda group, message: messages.append(message))
    return messages


def buffer(session, student, *faces, seq=1, at=TAKEN) -> Read | Dropped:
    """Read a snapshot while the database is unavailable but has confirmed the student before."""
    [attendance] = check_permissions([ref(session, student, seq=seq, at=at)], now=at)
    snapshot = replace(recognised(session, student, *faces, seq=seq, at=at), attendance=attendance)
    with database_unavailable():
        [result] = save_or_buffer([snapshot], now=at)
    return result


def save(session, student, at, seq=1) -> Read | Dropped:
    [result] = save_or_buffer([recognised(session, student, face(), seq=seq, at=at)], now=at)
    return result


def test_reading_is_saved_at_once_while_the_database_is_available(session, student):
    assert save(session, student, NOW) == Read(Reading.objects.get(), saved=True, pending=False)


def test_reading_is_buffered_without_the_database_and_saved_later(session, student):
    read = buffer(session, student, face())
    assert (read.saved, read.pending, Reading.objects.count()) == (False, True, 0)
    assert write_pending_readings(now=LATER) == 1
    saved = Reading.objects.get()
    for name in ("seq", "captured_at", "received_at", "faces", "expression", "box_x", "sharpness", "model", "happy"):
        assert getattr(saved, name) == getattr(read.reading, name)
    assert Attendance.objects.get().latest_reading == saved
    assert pending_store().size() == 0


def test_pending_reading_holds_no_image(session, student):
    buffer(session, student, face())
    [entry] = pending_store().oldest(10)
    assert len(entry) < 1500
    assert "jpeg" not in entry.lower()


def test_teachers_see_a_reading_that_is_not_saved(session, student, published):
    buffer(session, student, face())
    [message] = published
    assert (message["type"], message["saved"]) == ("tiles.changed", False)
    [tile] = message["tiles"]
    assert (tile["name"], tile["state"], tile["expression"]) == ("Ada", "seen", "happy")


def test_student_who_is_no_longer_known_is_dropped(session, student, published):
    snapshot = recognised(session, student, face())
    with database_unavailable():
        assert save_or_buffer([snapshot], now=TAKEN) == [Dropped("unknown")]
    assert (published, pending_store().size()) == ([], 0)


def test_reading_that_was_saved_meanwhile_is_not_saved_again(session, student):
    buffer(session, student, face())
    save(session, student, TAKEN)
    assert write_pending_readings(now=LATER) == 0
    assert Reading.objects.count() == 1


def test_pending_readings_are_saved_in_their_order(session, student):
    for number in (1, 2, 3):
        buffer(session, student, face(), seq=number, at=TAKEN + timedelta(seconds=number))
    write_pending_readings(now=LATER)
    assert list(Reading.objects.order_by("pk").values_list("seq", flat=True)) == [1, 2, 3]


def test_late_reading_is_not_the_latest(session, student):
    buffer(session, student, face())
    newer = save(session, student, LATER, seq=2).reading
    write_pending_readings(now=LATER)
    assert Attendance.objects.get().latest_reading == newer


def test_late_reading_rewinds_the_roll_ups(session, student):
    buffer(session, student, face())
    ClassSession.objects.update(rolled_up_until=LATER)
    write_pending_readings(now=LATER)
    assert ClassSession.objects.get().rolled_up_until < TAKEN


def test_pending_readings_wait_while_the_database_is_still_unavailable(session, student):
    buffer(session, student, face())
    with database_unavailable():
        assert write_pending_readings(now=LATER) == 0
    assert write_pending_readings(now=LATER) == 1


def test_one_process_writes_at_a_time(session, student):
    buffer(session, student, face())
    cache.set(WRITER, 1)
    assert write_pending_readings(now=LATER) == 0
    assert pending_store().size() == 1


def test_reading_that_cannot_be_saved_does_not_hold_up_the_rest(session, student):
    pending_store().add(
        '{"captured_at": "2026-11-02T10:00:00+00:00", "received_at": "2026-11-02T10:00:00+00:00", "x": 1}'
    )
    buffer(session, student, face())
    assert write_pending_readings(now=LATER) == 1
    assert pending_store().size() == 0


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda session, student: withdraw_consent(student=student, now=LATER),
        lambda session, student: (withdraw_consent(student=student, now=LATER), agree_again(session, student)),
        lambda session, student: erase_readings(student=student, now=LATER),
        lambda session, student: student.delete(),
        lambda session, student: session.delete(),
        lambda session, student: type(session.course).objects.update(mode="answers"),
        lambda session, student: end_session(session=session, now=NOW + timedelta(seconds=1)),
        lambda session, student: Attendance.objects.update(camera="paused", changed_at=NOW + timedelta(seconds=1)),
    ],
    ids=["withdrawn", "agreed again", "erased", "account deleted", "session deleted", "no faces", "ended", "paused"],
)
def test_pending_reading_is_dropped_after_a_change_that_forbids_it(session, student, meanwhile):
    buffer(session, student, face())
    meanwhile(session, student)
    assert write_pending_readings(now=LATER) == 0
    assert (Reading.objects.count(), pending_store().size()) == (0, 0)


def test_pending_reading_is_saved_after_agreeing_to_a_newer_text_too(session, student):
    buffer(session, student, face())
    ConsentText.objects.create(version=2, body="New words.")
    agree_again(session, student)
    assert write_pending_readings(now=LATER) == 1


def agree_again(session, student):
    factories.consent(student, session.course, now=LATER)


def test_pending_reading_is_saved_after_changes_later_than_the_snapshot(session, student):
    buffer(session, student, face())
    Attendance.objects.update(camera="paused", changed_at=LATER)
    end_session(session=session, now=LATER)
    assert write_pending_readings(now=LATER) == 1


def test_pending_reading_expires(session, student, settings):
    buffer(session, student, face())
    assert write_pending_readings(now=TAKEN + timedelta(seconds=settings.KEPT_READINGS_S + 1)) == 0
    assert (Reading.objects.count(), pending_store().size()) == (0, 0)


def test_reading_is_neither_saved_nor_pending_when_the_store_is_full(session, student, settings):
    settings.KEPT_READINGS_MAX = 1
    first = buffer(session, student, face())
    second = buffer(session, student, face(), seq=2, at=TAKEN + timedelta(seconds=1))
    assert [(each.saved, each.pending) for each in (first, second)] == [(False, True), (False, False)]
