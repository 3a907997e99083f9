"""Readings made while the database is away: shown, kept, saved once, and only where that is still allowed."""

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache

from accounts.consent import grant_consent, withdraw_consent
from accounts.models import ConsentText
from classroom.domain.readings.pending import WRITER, save_or_keep, write_kept_readings
from classroom.domain.readings.permission_cache import (
    KNOWN_AT_MOST_S,
    SAY_AGAIN_S,
    forget_attendance,
    renew_attendance,
    students_to_read,
)
from classroom.domain.readings.record import Look, ReadingRefused, erase_readings
from classroom.domain.sessions import end_session
from classroom.infra import events, pending_store
from classroom.models import Attendance, ClassSession, Reading
from tests import factories
from tests.classroom.domain.readings.test_record import attendance_of, face, given, recognition, ref
from tests.factories import NOW
from tests.outages import database_away

pytestmark = pytest.mark.django_db

TAKEN = NOW + timedelta(seconds=5)
LATER = NOW + timedelta(seconds=90)


@pytest.fixture(autouse=True)
def _empty_shelf(settings):
    settings.EMBEDDED = True
    pending_store._memory.entries.clear()
    yield
    pending_store._memory.entries.clear()


@pytest.fixture
def session():
    return factories.session()


@pytest.fixture
def student(session):
    student = factories.student_of(session.course, "Ada")
    factories.attendance(session, student)
    return student


@pytest.fixture
def shown(monkeypatch):
    """What is published to the teachers."""
    messages = []
    monkeypatch.setattr(events, "publish", lambda group, message: messages.append(message))
    return messages


def student_to_read(*, snapshot, now) -> Attendance:
    return given(students_to_read([snapshot], now=now))


def keep(session, student, *faces, seq=1, at=TAKEN):
    """Read a snapshot while the database is away, having known the student before."""
    snapshot = ref(session, student, seq=seq, at=at)
    attendance = student_to_read(snapshot=snapshot, now=at)
    with database_away():
        return given(save_or_keep([Look(snapshot, attendance, recognition(*faces))], now=at))


def save(session, student, at, seq=1):
    look = Look(ref(session, student, seq=seq, at=at), attendance_of(session, student), recognition(face()))
    return given(save_or_keep([look], now=at))


def test_with_the_database_a_reading_is_saved_at_once(session, student):
    outcome = save(session, student, NOW)
    assert (outcome.saved, outcome.kept, Reading.objects.get()) == (True, False, outcome.reading)


def test_without_the_database_it_is_kept_and_saved_later(session, student):
    outcome = keep(session, student, face())
    assert (outcome.saved, outcome.kept, Reading.objects.count()) == (False, True, 0)
    assert write_kept_readings(now=LATER) == 1
    saved = Reading.objects.get()
    for name in ("seq", "captured_at", "received_at", "faces", "expression", "box_x", "sharpness", "model", "happy"):
        assert getattr(saved, name) == getattr(outcome.reading, name)
    assert Attendance.objects.get().latest_reading == saved
    assert pending_store.shelf().size() == 0


def test_a_kept_reading_holds_no_picture(session, student):
    keep(session, student, face())
    [entry] = pending_store.shelf().oldest(10)
    assert len(entry) < 1500
    assert "jpeg" not in entry.lower()


def test_the_teachers_see_it_all_the_same(session, student, shown):
    keep(session, student, face())
    [message] = shown
    assert (message["type"], message["saved"]) == ("tiles.changed", False)
    [tile] = message["tiles"]
    assert (tile["name"], tile["state"], tile["expression"]) == ("Ada", "seen", "happy")


def test_nobody_is_read_whom_the_database_has_not_vouched_for(session, student):
    with database_away(), pytest.raises(ReadingRefused, match="unknown"):
        student_to_read(snapshot=ref(session, student), now=NOW)


def test_what_is_known_is_said_when_it_has_changed_and_now_and_then(session, student, monkeypatch):
    said: list[datetime] = []
    monkeypatch.setattr("classroom.domain.readings.permission_cache.cache.set_many", lambda *_: said.append(now))
    now = NOW
    for seconds in (0, 2, SAY_AGAIN_S - 1, SAY_AGAIN_S + 1):
        now = NOW + timedelta(seconds=seconds)
        student_to_read(snapshot=ref(session, student), now=now)
    assert said == [NOW, now]
    Attendance.objects.update(changed_at=now)  # as pausing and going on does
    student_to_read(snapshot=ref(session, student), now=now)
    assert said == [NOW, now, now]


def test_whoever_paused_is_no_longer_known(session, student):
    student_to_read(snapshot=ref(session, student), now=NOW)
    forget_attendance(session_id=session.pk, student_id=student.pk)
    with database_away(), pytest.raises(ReadingRefused, match="unknown"):
        student_to_read(snapshot=ref(session, student), now=NOW)


def test_whoever_was_refused_is_no_longer_known(session, student):
    student_to_read(snapshot=ref(session, student), now=NOW)
    withdraw_consent(user=student, now=NOW)
    with pytest.raises(ReadingRefused, match="no_consent"):
        student_to_read(snapshot=ref(session, student), now=NOW)
    with database_away(), pytest.raises(ReadingRefused, match="unknown"):
        student_to_read(snapshot=ref(session, student), now=NOW)


def test_however_often_renewed_nobody_is_read_for_long_without_the_database(session, student):
    student_to_read(snapshot=ref(session, student), now=NOW)
    renew_attendance(session_id=session.pk, student_id=student.pk)
    with database_away():
        last = NOW + timedelta(seconds=KNOWN_AT_MOST_S)
        assert student_to_read(snapshot=ref(session, student), now=last).student_id == student.pk
        with pytest.raises(ReadingRefused, match="unknown"):
            student_to_read(snapshot=ref(session, student), now=last + timedelta(seconds=1))


def test_what_was_saved_after_all_is_not_saved_again(session, student):
    keep(session, student, face())
    save(session, student, TAKEN)
    assert write_kept_readings(now=LATER) == 0
    assert Reading.objects.count() == 1


def test_readings_are_saved_in_their_order(session, student):
    for number in (1, 2, 3):
        keep(session, student, face(), seq=number, at=TAKEN + timedelta(seconds=number))
    write_kept_readings(now=LATER)
    assert list(Reading.objects.order_by("pk").values_list("seq", flat=True)) == [1, 2, 3]


def test_a_late_reading_does_not_pass_for_the_latest(session, student):
    keep(session, student, face())
    newer = save(session, student, LATER, seq=2).reading
    write_kept_readings(now=LATER)
    assert Attendance.objects.get().latest_reading == newer


def test_what_was_rolled_up_meanwhile_is_rolled_up_again(session, student):
    keep(session, student, face())
    ClassSession.objects.update(rolled_up_until=LATER)
    write_kept_readings(now=LATER)
    assert ClassSession.objects.get().rolled_up_until < TAKEN


def test_with_the_database_still_away_everything_waits_on(session, student):
    keep(session, student, face())
    with database_away():
        assert write_kept_readings(now=LATER) == 0
    assert write_kept_readings(now=LATER) == 1


def test_one_process_writes_at_a_time(session, student):
    keep(session, student, face())
    cache.set(WRITER, 1)
    assert write_kept_readings(now=LATER) == 0
    assert pending_store.shelf().size() == 1


def test_what_cannot_be_saved_does_not_hold_up_the_rest(session, student):
    pending_store.shelf().add(
        '{"captured_at": "2026-11-02T10:00:00+00:00", "received_at": "2026-11-02T10:00:00+00:00", "x": 1}'
    )
    keep(session, student, face())
    assert write_kept_readings(now=LATER) == 1
    assert pending_store.shelf().size() == 0


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda session, student: withdraw_consent(user=student, now=LATER),
        lambda session, student: (withdraw_consent(user=student, now=LATER), agree_anew(student)),
        lambda session, student: erase_readings(student=student, now=LATER),
        lambda session, student: student.delete(),
        lambda session, student: session.delete(),
        lambda session, student: type(session.course).objects.update(reads_faces=False),
        lambda session, student: end_session(session=session, now=NOW + timedelta(seconds=1)),
        lambda session, student: Attendance.objects.update(camera="paused", changed_at=NOW + timedelta(seconds=1)),
    ],
    ids=["withdrawn", "agreed anew", "erased", "account deleted", "session deleted", "no faces", "ended", "paused"],
)
def test_what_happened_meanwhile_forbids_it(session, student, meanwhile):
    keep(session, student, face())
    meanwhile(session, student)
    assert write_kept_readings(now=LATER) == 0
    assert (Reading.objects.count(), pending_store.shelf().size()) == (0, 0)


def agree_anew(student):
    grant_consent(user=student, version=ConsentText.objects.current().version, now=LATER)


def test_what_happened_after_the_snapshot_does_not(session, student):
    keep(session, student, face())
    Attendance.objects.update(camera="paused", changed_at=LATER)
    end_session(session=session, now=LATER)
    assert write_kept_readings(now=LATER) == 1


def test_nothing_is_kept_longer_than_stated(session, student, settings):
    keep(session, student, face())
    assert write_kept_readings(now=TAKEN + timedelta(seconds=settings.KEPT_READINGS_S + 1)) == 0
    assert (Reading.objects.count(), pending_store.shelf().size()) == (0, 0)


def test_no_more_are_kept_than_stated_and_the_student_is_told(session, student, settings):
    settings.KEPT_READINGS_MAX = 1
    first = keep(session, student, face())
    second = keep(session, student, face(), seq=2, at=TAKEN + timedelta(seconds=1))
    assert [(each.saved, each.kept) for each in (first, second)] == [(False, True), (False, False)]
