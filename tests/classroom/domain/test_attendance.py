from datetime import timedelta

import pytest

from classroom.domain.attendance import (
    NoConsent,
    SessionEnded,
    join_session,
    leave_session,
    record_heartbeat,
    set_camera,
)
from classroom.domain.consent.consents import withdraw_consent
from classroom.domain.sessions import end_session
from classroom.infra.missed_heartbeats import note_missed
from classroom.models import Attendance, Stay
from classroom.models.attendance import lost_before
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def session():
    return factories.session()


@pytest.fixture
def student(session):
    return factories.student_of(session.course)


def camera() -> str:
    return Attendance.objects.get().camera


def test_join_starts_with_the_camera_paused(session, student):
    join_session(session=session, student=student, now=NOW)
    assert camera() == "paused"


def test_join_without_consent_sets_the_camera_to_no_consent(session):
    join_session(session=session, student=factories.student_of(session.course, consents=False), now=NOW)
    assert camera() == "no_consent"


def test_camera_is_switched_on_and_paused(session, student):
    stay = join_session(session=session, student=student, now=NOW)
    assert (set_camera(stay=stay, on=True, now=NOW), camera()) == ("on", "on")
    assert (set_camera(stay=stay, on=False, now=NOW), camera()) == ("paused", "paused")


def test_camera_cannot_be_switched_on_without_consent(session):
    stay = join_session(session=session, student=factories.student_of(session.course, consents=False), now=NOW)
    with pytest.raises(NoConsent):
        set_camera(stay=stay, on=True, now=NOW)
    assert camera() == "no_consent"


def test_camera_has_no_consent_after_withdrawal(session, student):
    stay = join_session(session=session, student=student, now=NOW)
    set_camera(stay=stay, on=True, now=NOW)
    withdraw_consent(student=student, now=NOW)
    assert set_camera(stay=stay, on=False, now=NOW) == "no_consent"


def test_leave_ends_the_stay(session, student):
    stay = join_session(session=session, student=student, now=NOW)
    assert leave_session(stay=stay, by_choice=True, now=LATER) is True
    assert Stay.objects.get().left_at == LATER
    assert Attendance.objects.get().left is True


def test_lost_connection_does_not_count_as_leaving_by_choice(session, student):
    stay = join_session(session=session, student=student, now=NOW)
    leave_session(stay=stay, by_choice=False, now=LATER)
    assert Attendance.objects.get().left is False


def test_second_device_takes_over(session, student):
    first = join_session(session=session, student=student, now=NOW)
    second = join_session(session=session, student=student, now=LATER)
    assert record_heartbeat(stay=first, now=LATER) is False
    assert record_heartbeat(stay=second, now=LATER) is True
    assert Attendance.objects.count() == 1


def test_leave_of_the_first_device_does_not_end_the_second_stay(session, student):
    first = join_session(session=session, student=student, now=NOW)
    second = join_session(session=session, student=student, now=LATER)
    assert leave_session(stay=first, by_choice=False, now=LATER) is False
    assert Stay.objects.get(left_at=None) == second


def test_leave_does_not_end_a_stay_before_its_start_when_the_clock_was_set_back(session, student):
    stay = join_session(session=session, student=student, now=NOW)
    leave_session(stay=stay, by_choice=True, now=NOW - timedelta(hours=1))
    assert Stay.objects.get().left_at == NOW


def test_stay_without_heartbeat_counts_as_lost(session, student):
    stay = join_session(session=session, student=student, now=NOW)
    assert Stay.objects.open(NOW + timedelta(seconds=59)).exists()
    assert not Stay.objects.open(NOW + timedelta(seconds=61)).exists()
    now = NOW + timedelta(minutes=10)
    assert stay.ended_by(now, lost=lost_before(now)) == NOW


def test_stays_do_not_count_as_lost_while_heartbeats_cannot_be_saved(session, student):
    gone, fails_at, now = factories.student_of(session.course), NOW + timedelta(minutes=5), NOW + timedelta(minutes=20)
    lost = join_session(session=session, student=gone, now=NOW)
    stay = join_session(session=session, student=student, now=fails_at - timedelta(seconds=20))
    note_missed(now=fails_at, holds_s=60)
    assert list(Stay.objects.open(now)) == [stay]
    assert list(Stay.objects.lost(now)) == [lost]
    assert [each.ended_by(now, lost=lost_before(now)) for each in (lost, stay)] == [NOW, now]
    Stay.objects.end(now)
    assert dict(Stay.objects.values_list("pk", "left_at")) == {lost.pk: NOW, stay.pk: now}


def test_heartbeat_after_a_gap_shows_the_student_as_present_again(session, student, monkeypatch):
    stay = join_session(session=session, student=student, now=NOW)
    shown: list[str] = []
    monkeypatch.setattr(
        "classroom.domain.attendance.events.publish_tiles",
        lambda _, tiles: shown.extend(each["state"] for each in tiles),
    )
    for seconds in (20, 40, 99):
        assert record_heartbeat(stay=stay, now=NOW + timedelta(seconds=seconds))
    assert shown == []
    assert record_heartbeat(stay=stay, now=NOW + timedelta(seconds=159))
    assert shown == ["paused"]


def test_join_raises_when_the_session_has_ended(session, student):
    end_session(session=session, now=LATER)
    with pytest.raises(SessionEnded):
        join_session(session=session, student=student, now=LATER)
    assert not Stay.objects.exists()


def test_rejoin_ends_a_lost_stay_at_its_last_heartbeat(session, student):
    join_session(session=session, student=student, now=NOW)
    join_session(session=session, student=student, now=LATER)
    assert Stay.objects.get(joined_at=NOW).left_at == NOW


@pytest.mark.parametrize("by_choice", [True, False])
def test_rejoin_within_thirty_seconds_continues_the_stay(session, student, by_choice):
    first = join_session(session=session, student=student, now=NOW)
    leave_session(stay=first, by_choice=by_choice, now=LATER)
    again = join_session(session=session, student=student, now=LATER + timedelta(seconds=30))
    assert (again.pk, again.joined_at, again.left_at, again.connection) == (first.pk, NOW, None, 2)
    assert Stay.objects.get() == again


def test_rejoin_after_thirty_seconds_starts_a_stay(session, student):
    first = join_session(session=session, student=student, now=NOW)
    leave_session(stay=first, by_choice=False, now=LATER)
    join_session(session=session, student=student, now=LATER + timedelta(seconds=31))
    assert [stay.left_at for stay in Stay.objects.all()] == [LATER, None]


def test_device_that_takes_over_continues_the_stay_and_the_first_no_longer_changes_it(session, student):
    now = NOW + timedelta(seconds=20)
    first = join_session(session=session, student=student, now=NOW)
    second = join_session(session=session, student=student, now=now)
    assert second.pk == first.pk
    assert record_heartbeat(stay=first, now=now) is False
    assert leave_session(stay=first, by_choice=True, now=now) is False
    assert record_heartbeat(stay=second, now=now) is True
    assert Stay.objects.get().left_at is None


def test_joining_and_leaving_23_times_a_second_leaves_one_row(session, student):
    for number in range(46):
        now = NOW + timedelta(seconds=number / 23)
        leave_session(stay=join_session(session=session, student=student, now=now), by_choice=True, now=now)
    assert Stay.objects.count() == 1
