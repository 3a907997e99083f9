"""What comes of snapshots that are read together."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.consent import withdraw_consent
from accounts.models import User
from classroom.infra import events, snapshot_queue
from classroom.infra.snapshot_queue import Waiting
from classroom.models import Reading
from classroom.snapshots import SnapshotRef
from classroom.tasks import analysis
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch) -> dict[str, dict]:
    """What each socket was told."""
    messages: dict[str, dict] = {}
    monkeypatch.setattr(events, "send", messages.update)
    monkeypatch.setattr(analysis, "note_activity", lambda session_id: None)
    return messages


def hand_in(session, student, jpeg: bytes, age_s: float = 0.1, channel: str = "") -> SnapshotRef:
    received_at = timezone.now().replace(microsecond=0)
    taken = received_at - timedelta(seconds=age_s)
    snapshot = SnapshotRef(session.pk, student.pk, seq=1, captured_at=taken, received_at=received_at)
    snapshot_queue.push(Waiting(snapshot, channel or student.name), jpeg)
    return snapshot


def attending(session, name: str):
    student = factories.student_of(session.course, name)
    factories.attendance(session, student)
    return student


def test_each_of_a_batch_has_an_outcome_of_its_own(told, portrait, jpeg_without_face):
    session, other = factories.session(), factories.session()
    stranger = factories.student_of(session.course, "Stranger")
    hand_in(session, attending(session, "Ada"), portrait)
    hand_in(session, attending(session, "Ben"), portrait[:2000])
    hand_in(session, stranger, portrait)
    hand_in(session, attending(session, "Cem"), portrait, age_s=10)
    hand_in(other, attending(other, "Dai"), jpeg_without_face)
    expired = hand_in(session, attending(session, "Eva"), portrait)
    snapshot_queue.discard(session_id=expired.session_id, student_id=expired.student_id)
    analysis.analyse_snapshots()
    assert {name: message.get("reason") for name, message in told.items()} == {
        "Ada": None,
        "Ben": "failed",
        "Stranger": "ended",
        "Cem": "stale",
        "Dai": None,
        "Eva": "superseded",
    }
    assert (told["Ada"]["result"]["faces"], told["Dai"]["result"]["faces"]) == (1, 0)
    assert {reading.student.name for reading in Reading.objects.all()} == {"Ada", "Dai"}
    assert told["Ada"]["queue_ms"] >= 0


def test_of_two_snapshots_of_a_student_the_newer_is_read(told, portrait, jpeg_without_face):
    session = factories.session()
    ada = attending(session, "Ada")
    hand_in(session, ada, jpeg_without_face, channel="older")
    timezone_now = timezone.now().replace(microsecond=500_000)
    newer = SnapshotRef(session.pk, ada.pk, seq=2, captured_at=timezone_now, received_at=timezone_now)
    snapshot_queue.push(Waiting(newer, "newer"), portrait)
    analysis.analyse_snapshots()
    assert told["older"]["reason"] == "superseded"
    assert told["newer"]["result"]["faces"] == 1


def test_a_snapshot_handed_in_twice_is_read(told, jpeg_without_face):
    session = factories.session()
    snapshot = SnapshotRef(session.pk, attending(session, "Ada").pk, 1, timezone.now(), timezone.now())
    for channel in ("once", "again"):
        snapshot_queue.push(Waiting(snapshot, channel), jpeg_without_face)
    analysis.analyse_snapshots()
    assert [message["result"]["faces"] for message in told.values()] == [0, 0]
    assert Reading.objects.count() == 1


def test_whoever_leaves_some_behind_calls_the_next(told, jpeg_without_face, settings):
    session = factories.session()
    settings.SNAPSHOT_BATCH = 2
    for number in range(3):
        hand_in(session, attending(session, f"Student {number}"), jpeg_without_face)
    analysis.analyse_snapshots()
    assert len(told) == 3


def test_what_goes_wrong_with_all_of_them_is_told_to_each(told, portrait, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("a fault")

    session = factories.session()
    hand_in(session, attending(session, "Ada"), portrait)
    monkeypatch.setattr(analysis, "save_or_keep", fail)
    analysis.analyse_snapshots()
    assert told["Ada"]["reason"] == "failed"


def test_whoever_cannot_call_the_next_answers_those_it_has_taken(told, jpeg_without_face, settings, monkeypatch):
    settings.SNAPSHOT_BATCH, settings.CELERY_TASK_ALWAYS_EAGER = 1, False
    session = factories.session()
    for name in ("Ada", "Ben"):
        hand_in(session, attending(session, name), jpeg_without_face)

    def fail():
        raise OSError("the broker is away")

    monkeypatch.setattr(analysis.analyse_snapshots, "delay", fail)
    analysis.analyse_snapshots()
    assert told.keys() == {"Ada"}


def test_who_withdraws_while_others_are_looked_at_is_not_looked_at(told, jpeg_without_face, monkeypatch):
    session = factories.session()
    for name in ("Ada", "Ben"):
        hand_in(session, attending(session, name), jpeg_without_face)
    recognition, looked_at = analysis._recognition, []

    def withdrawing(jpeg):
        looked_at.append(jpeg)
        withdraw_consent(user=User.objects.get(name="Ben"), now=timezone.now())
        return recognition(jpeg)

    monkeypatch.setattr(analysis, "ASK_AGAIN_S", 0)
    monkeypatch.setattr(analysis, "_recognition", withdrawing)
    analysis.analyse_snapshots()
    assert (len(looked_at), told["Ben"]["reason"], "result" in told["Ada"]) == (1, "no_consent", True)
