"""How a student's credits adapt to the server's load."""

import threading

import pytest

from classroom.consumers import analysis
from classroom.infra import metrics
from classroom.models import Reading
from emotions import serving
from tests.classroom.consumers.sockets import packed, start, student_socket

pytestmark = pytest.mark.django_db(transaction=True)


async def test_snapshot_that_no_thread_takes_in_time_is_stale(session, student, portrait, settings, monkeypatch):
    settings.SNAPSHOT_STALE_S = 0.2
    monkeypatch.setattr(serving, "_state", "loaded")
    free = threading.Event()
    async with student_socket(session, student) as socket:
        seq = await start(socket)
        for _ in range(settings.ANALYSIS_THREADS):
            analysis._pool.submit(free.wait, 20)
        await socket.send_frame(packed(portrait, seq))
        dropped = await socket.receive_type("dropped")
        assert dropped == {"type": "dropped", "seq": seq, "reason": "stale"}
        credit = await socket.receive_type("capture")
        assert credit["interval_ms"] == 100  # twice the shortest, 50
        free.set()
    assert await Reading.objects.acount() == 0


async def test_expired_credit_keeps_the_interval_if_the_browser_sent_nothing(session, student, monkeypatch):
    monkeypatch.setattr("classroom.consumers.credits.CREDIT_EXPIRES_S", 0.1)
    async with student_socket(session, student) as socket:
        await start(socket)
        assert (await socket.receive_type("capture"))["interval_ms"] == 50


async def test_expired_credit_doubles_the_interval_if_a_snapshot_was_sent(session, student, portrait, monkeypatch):
    monkeypatch.setattr("classroom.consumers.credits.CREDIT_EXPIRES_S", 0.1)
    monkeypatch.setattr("classroom.tasks.analysis.events.send", lambda messages: None)
    async with student_socket(session, student) as socket:
        await socket.send_frame(packed(portrait, await start(socket)))
        assert (await socket.receive_type("capture"))["interval_ms"] == 100


async def test_wait_of_a_snapshot_arrives_with_its_result(session, student, portrait, monkeypatch):
    heard = []
    monkeypatch.setattr("classroom.consumers.pacing.Pace.record_wait", lambda self, queue_ms: heard.append(queue_ms))
    async with student_socket(session, student) as socket:
        await socket.send_frame(packed(portrait, await start(socket)))
        result = await socket.receive_type("result")
    assert len(heard) == 1
    assert 0 <= heard[0] < 3000
    assert "queue_ms" not in result


async def test_open_sockets_are_counted_until_they_close(session, student):
    count = metrics.SOCKETS.labels("student")._value
    before = count.get()
    async with student_socket(session, student) as socket:
        await socket.receive()
        assert count.get() == before + 1
    assert count.get() == before


async def test_received_and_refused_messages_are_counted(session, student):
    refused, received = metrics.REFUSED.labels("not_jpeg")._value, metrics.RECEIVED._value
    before = refused.get(), received.get()
    async with student_socket(session, student) as socket:
        await socket.send_frame(packed(b"\x89PNG" + bytes(40), await start(socket)))
        await socket.receive_type("refused")
    assert (refused.get(), received.get()) == (before[0] + 1, before[1] + 1)
