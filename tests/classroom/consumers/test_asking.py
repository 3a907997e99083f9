"""The staff ask the class, in both sockets."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from redis.exceptions import RedisError

from classroom.domain.asking import ask_class
from classroom.infra import events
from classroom.models import ClassSession
from tests.classroom.consumers.sockets import receive_voice, student_socket, teacher_socket

pytestmark = pytest.mark.django_db(transaction=True)


class UnavailableCache:
    def set(self, *_):
        raise RedisError


async def ask(session, teacher) -> float:
    asked_at = await sync_to_async(ask_class)(session=session, author=teacher, now=timezone.now())
    return asked_at.timestamp()


async def test_ask_reaches_both_pages_and_its_answer_is_counted(session, teacher, student):
    async with teacher_socket(session, teacher) as socket, student_socket(session, student) as theirs:
        assert (await theirs.receive_type("welcome"))["asked_at"] is None
        await socket.receive_type("ready")
        at = await ask(session, teacher)
        assert await theirs.receive_type("asked") == {"type": "asked", "at": at}
        [marker] = (await socket.receive_type("markers"))["markers"]
        await receive_voice(socket, asked={"at": at, "answered": 0})
        await theirs.send("say", answer="all_good")
        voice = await receive_voice(socket, asked={"at": at, "answered": 1})
    assert (marker["text"], voice["present"]) == ("Asked how the class is going", 1)


async def test_student_who_joins_after_the_ask_is_asked_until_it_is_over(session, teacher, student):
    at = await ask(session, teacher)
    async with student_socket(session, student) as socket:
        assert (await socket.receive_type("welcome"))["asked_at"] == at
        await sync_to_async(events.publish_asked)(session.pk, at)
        assert await socket.is_silent()
    await ClassSession.objects.aupdate(asked_at=timezone.now() - timedelta(minutes=3))
    async with student_socket(session, student) as socket:
        assert (await socket.receive_type("welcome"))["asked_at"] is None


async def test_lost_message_about_an_ask_is_made_up_for_at_the_next_heartbeat(session, teacher, student, monkeypatch):
    monkeypatch.setattr("classroom.consumers.session_socket.HEARTBEAT", timedelta(seconds=0.1))
    async with teacher_socket(session, teacher) as socket, student_socket(session, student) as theirs:
        await theirs.receive_type("welcome")
        await socket.receive_type("ready")
        now = timezone.now()
        await ClassSession.objects.aupdate(asked_at=now)
        assert await theirs.receive_type("asked") == {"type": "asked", "at": now.timestamp()}
        await receive_voice(socket, asked={"at": now.timestamp(), "answered": 0})
        assert await theirs.is_silent(0.5)


async def test_lost_message_is_made_up_for_while_redis_takes_no_heartbeat(session, teacher, monkeypatch):
    monkeypatch.setattr("classroom.consumers.session_socket.HEARTBEAT", timedelta(seconds=0.1))
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        monkeypatch.setattr("classroom.domain.sessions.cache", UnavailableCache())
        now = timezone.now()
        await ClassSession.objects.aupdate(asked_at=now)
        await receive_voice(socket, asked={"at": now.timestamp(), "answered": 0})


async def test_ask_stays_on_the_dashboard_when_the_class_is_reloaded(session, teacher, student):
    async with teacher_socket(session, teacher) as socket, student_socket(session, student) as theirs:
        await theirs.receive_type("welcome")
        at = await ask(session, teacher)
        await receive_voice(socket, asked={"at": at, "answered": 0})
        await sync_to_async(events.publish_class_changed)(session.pk)
        await socket.receive_type("resync")
        await theirs.send("say", answer="lost")
        voice = await receive_voice(socket, said=1)
    assert voice["asked"] == {"at": at, "answered": 1}
