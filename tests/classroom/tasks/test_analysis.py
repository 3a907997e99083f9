"""The outcomes of snapshots that are analysed in one batch."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from classroom.domain.consent.consents import withdraw_consent
from classroom.infra import events, snapshot_queue
from classroom.models import Reading
from classroom.simulation.on_device import faces_alone
from classroom.snapshots import SnapshotRef, pack_found
from classroom.tasks import analysis
from emotions import serving
from emotions.face_crop import FoundFaces
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def answers(monkeypatch) -> dict[str, dict]:
    """The message that each socket received."""
    messages: dict[str, dict] = {}
    monkeypatch.setattr(events, "send", messages.update)
    monkeypatch.setattr(analysis, "note_activity", lambda session_id: None)
    return messages


def push(session, student, jpeg: bytes, age_s: float = 0.1, channel: str = "") -> SnapshotRef:
    received_at = timezone.now().replace(microsecond=0)
    captured_at = received_at - timedelta(seconds=age_s)
    ref = SnapshotRef(session.pk, student.pk, seq=1, captured_at=captured_at, received_at=received_at)
    snapshot_queue.push(ref, channel=channel or student.name, content=jpeg)
    return ref


def attending(session, name: str):
    student = factories.student_of(session.course, name)
    factories.attendance(session, student)
    return student


def test_each_snapshot_of_a_batch_has_an_outcome_of_its_own(answers, portrait, jpeg_without_face):
    session, other = factories.session(), factories.session()
    stranger = factories.student_of(session.course, "Stranger")
    push(session, attending(session, "Ada"), portrait)
    push(session, attending(session, "Ben"), portrait[:2000])
    push(session, stranger, portrait)
    push(session, attending(session, "Cem"), portrait, age_s=10)
    push(other, attending(other, "Dai"), jpeg_without_face)
    expired = push(session, attending(session, "Eva"), portrait)
    snapshot_queue.discard(session_id=expired.session_id, student_id=expired.student_id)
    analysis.analyse_snapshots()
    assert {name: message.get("reason") for name, message in answers.items()} == {
        "Ada": None,
        "Ben": "failed",
        "Stranger": "ended",
        "Cem": "stale",
        "Dai": None,
        "Eva": "superseded",
    }
    assert (answers["Ada"]["result"]["faces"], answers["Dai"]["result"]["faces"]) == (1, 0)
    assert {reading.student.name for reading in Reading.objects.all()} == {"Ada", "Dai"}
    assert answers["Ada"]["queue_ms"] >= 0


def test_face_that_the_browser_has_cut_out_is_read_like_a_whole_frame(answers, portrait):
    session = factories.session()
    [cut], [empty] = faces_alone([portrait]), [pack_found(FoundFaces(320, 240, 0, None))]
    for name, content in (("Ada", portrait), ("Ben", cut), ("Cem", empty), ("Dai", cut[:-100])):
        push(session, attending(session, name), content)
    analysis.analyse_snapshots()
    whole, face, nobody = (answers[name]["result"] for name in ("Ada", "Ben", "Cem"))
    assert {key: face[key] for key in ("faces", "box", "expression", "uncertain")} == {
        key: whole[key] for key in ("faces", "box", "expression", "uncertain")
    }
    assert (nobody["faces"], nobody["box"], nobody["expression"]) == (0, None, None)
    assert answers["Dai"]["reason"] == "failed"


def test_students_whose_browsers_find_nobody_make_no_whole_frame_costly(answers, portrait):
    session, nobody = factories.session(), pack_found(FoundFaces(320, 240, 0, None))
    ada = attending(session, "Ada")
    for _ in range(4):
        for name in ("Ben", "Cem", "Dai"):
            push(session, attending(session, name), nobody)
        push(session, ada, portrait)
        analysis.analyse_snapshots()
        assert answers["Ada"]["result"]["faces"] == 1


def test_newer_of_two_snapshots_of_a_student_is_read(answers, portrait, jpeg_without_face):
    session = factories.session()
    ada = attending(session, "Ada")
    push(session, ada, jpeg_without_face, channel="older")
    now = timezone.now().replace(microsecond=500_000)
    newer = SnapshotRef(session.pk, ada.pk, seq=2, captured_at=now, received_at=now)
    snapshot_queue.push(newer, channel="newer", content=portrait)
    analysis.analyse_snapshots()
    assert answers["older"]["reason"] == "superseded"
    assert answers["newer"]["result"]["faces"] == 1


def test_snapshot_that_was_pushed_twice_is_read_once(answers, jpeg_without_face):
    session = factories.session()
    ref = SnapshotRef(session.pk, attending(session, "Ada").pk, 1, timezone.now(), timezone.now())
    for channel in ("once", "again"):
        snapshot_queue.push(ref, channel=channel, content=jpeg_without_face)
    analysis.analyse_snapshots()
    assert [message["result"]["faces"] for message in answers.values()] == [0, 0]
    assert Reading.objects.count() == 1


def test_worker_schedules_next_batch_when_snapshots_remain(answers, jpeg_without_face, settings):
    session = factories.session()
    settings.SNAPSHOT_BATCH = 2
    for number in range(3):
        push(session, attending(session, f"Student {number}"), jpeg_without_face)
    analysis.analyse_snapshots()
    assert len(answers) == 3


def test_failure_of_the_batch_is_answered_to_each(answers, portrait, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("a fault")

    session = factories.session()
    push(session, attending(session, "Ada"), portrait)
    monkeypatch.setattr(analysis, "save_or_buffer", fail)
    analysis.analyse_snapshots()
    assert answers["Ada"]["reason"] == "failed"


def test_worker_answers_all_batches_when_the_broker_is_unavailable(answers, jpeg_without_face, settings, monkeypatch):
    settings.SNAPSHOT_BATCH, settings.CELERY_TASK_ALWAYS_EAGER = 1, False
    session = factories.session()
    for name in ("Ada", "Ben"):
        push(session, attending(session, name), jpeg_without_face)

    def fail():
        raise OSError("the broker is unavailable")

    monkeypatch.setattr(analysis.analyse_snapshots, "delay", fail)
    analysis.analyse_snapshots()
    assert [*answers] == ["Ada", "Ben"]


def test_worker_pops_until_its_time_is_over(answers, jpeg_without_face, settings, monkeypatch):
    settings.SNAPSHOT_BATCH, settings.CELERY_TASK_ALWAYS_EAGER = 1, False
    session = factories.session()
    for name in ("Ada", "Ben"):
        push(session, attending(session, name), jpeg_without_face)
    calls = []
    monkeypatch.setattr(analysis.analyse_snapshots, "delay", lambda: calls.append(1))
    monkeypatch.setattr(analysis, "LISTENS_S", 0)
    analysis.analyse_snapshots()
    assert [*answers] == ["Ada"]
    assert calls == [1], "another worker, or this one, comes for the rest"


def test_worker_that_finds_nothing_is_free_at_once(answers, settings, monkeypatch):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    monkeypatch.setattr(snapshot_queue, "next_batch", lambda **_: pytest.fail("it listens"))
    analysis.analyse_snapshots()
    assert answers == {}


def test_student_who_withdraws_during_the_batch_is_not_analysed(answers, jpeg_without_face, monkeypatch):
    session = factories.session()
    for name in ("Ada", "Ben"):
        push(session, attending(session, name), jpeg_without_face)
    analysed = []

    class WithdrawingRecogniser:
        def recognise(self, jpeg):
            analysed.append(jpeg)
            withdraw_consent(student=User.objects.get(name="Ben"), now=timezone.now())
            return recogniser.recognise(jpeg)

    recogniser = serving.recogniser()
    monkeypatch.setattr(analysis, "PERMISSION_HOLDS_S", 0)
    monkeypatch.setattr(serving, "recogniser", WithdrawingRecogniser)
    analysis.analyse_snapshots()
    assert (len(analysed), answers["Ben"]["reason"], "result" in answers["Ada"]) == (1, "no_consent", True)


def test_batch_takes_one_query_for_permission_and_one_transaction(
    answers, portrait, settings, monkeypatch, django_assert_num_queries
):
    session = factories.session()
    serving.warm()
    settings.SNAPSHOT_STALE_S = 60
    monkeypatch.setattr(analysis, "PERMISSION_HOLDS_S", 60)
    for name in ("Ada", "Ben", "Cem"):
        push(session, attending(session, name), portrait)
    with django_assert_num_queries(5):  # permission; begin, insert, update, commit
        analysis.analyse_snapshots()
    assert ["result" in answer for answer in answers.values()] == [True, True, True]
