"""The messages for a page that does not confirm its updates."""

import pytest

from tests.classroom.consumers.sockets import receive_tile, student_socket, teacher_socket

pytestmark = pytest.mark.django_db(transaction=True)


async def test_page_that_stops_reading_gets_nothing_and_then_the_latest(session, teacher, student, monkeypatch):
    monkeypatch.setattr("classroom.consumers.update_flow.HOLD_S", 20)
    async with teacher_socket(session, teacher) as socket, student_socket(session, student) as theirs:
        await receive_tile(socket, student, state="paused")
        await theirs.send("start")
        await theirs.receive_type("camera")
        unread = await socket.communicator.receive_json_from(timeout=20)
        while unread["type"] != "update":
            unread = await socket.communicator.receive_json_from(timeout=20)
        for command in ["pause", "start"] * 3 + ["pause"]:
            await theirs.send(command)
            await theirs.receive_type("camera")
        assert await socket.is_silent(0.5)
        await socket.send("shown", number=unread["number"])
        update = await socket.receive_type("update")
        assert [(tile["id"], tile["state"]) for tile in update["students"]] == [(student.pk, "paused")]


async def test_page_that_stops_confirming_must_refetch(session, teacher, student, monkeypatch):
    monkeypatch.setattr("classroom.consumers.update_flow.HOLD_UNCONFIRMED_S", 0.05)
    monkeypatch.setattr("classroom.consumers.teacher.WINDOW_S", 0.01)
    async with teacher_socket(session, teacher) as socket, student_socket(session, student):
        unread = await socket.communicator.receive_json_from(timeout=20)
        while unread["type"] != "resync":
            unread = await socket.communicator.receive_json_from(timeout=20)
