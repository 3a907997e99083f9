"""Alerts on the teacher's socket, from a class that is running."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from classroom.domain.alerts.evaluation import evaluate_alerts
from classroom.domain.alerts.records import acknowledge
from classroom.domain.attendance import join_session
from classroom.models import Alert, ClassSession
from tests import factories
from tests.classroom.consumers.sockets import teacher_socket

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def made_away(session, student) -> None:
    """Seventy seconds of snapshots without a face, up to now."""
    now = timezone.now()
    ClassSession.objects.filter(pk=session.pk).update(started_at=now - timedelta(seconds=75))
    session.refresh_from_db()
    for second in range(0, 75, 2):
        factories.reading(session, student, after_s=second, expression="")


async def test_an_alert_reaches_the_teacher_by_itself(session, teacher, student):
    """Nobody's snapshot starts the evaluation: the open page does, time and again."""
    await sync_to_async(join_session)(session=session, student=student, now=timezone.now())
    await sync_to_async(made_away)(session, student)
    async with teacher_socket(session, teacher) as socket:
        [row] = (await socket.receive_type("alerts"))["alerts"]
    assert (row["kind"], row["name"], row["recovered_at"]) == ("student_away", "Ada", None)


async def test_an_acknowledgement_reaches_every_page(session, teacher, student):
    await sync_to_async(made_away)(session, student)
    await sync_to_async(evaluate_alerts)(session=session, now=timezone.now())
    alert = await Alert.objects.aget()
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        now = timezone.now()
        await sync_to_async(acknowledge)(alert=alert, teacher=teacher, now=now)
        [row] = (await socket.receive_type("alerts"))["alerts"]
    assert row["acknowledged_at"] == now.timestamp()
