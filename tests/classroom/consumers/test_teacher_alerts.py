"""Alerts on the teacher's socket of a running class."""

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

pytestmark = pytest.mark.django_db(transaction=True)


def add_minute_without_face(session, student) -> None:
    """Save readings without a face for the 75 seconds up to now."""
    now = timezone.now()
    ClassSession.objects.filter(pk=session.pk).update(started_at=now - timedelta(seconds=75))
    session.refresh_from_db()
    for second in range(0, 75, 2):
        factories.reading(session, student, after_s=second, expression="")


async def test_alert_reaches_the_dashboard_without_new_snapshots(session, teacher, student):
    """No snapshot starts the evaluation; the open dashboard does, once a second."""
    await sync_to_async(join_session)(session=session, student=student, now=timezone.now())
    await sync_to_async(add_minute_without_face)(session, student)
    async with teacher_socket(session, teacher) as socket:
        [row] = (await socket.receive_type("alerts"))["alerts"]
    assert (row["kind"], row["name"], row["recovered_at"]) == ("student_away", "Ada", None)


async def test_acknowledgement_reaches_every_dashboard(session, teacher, student):
    await sync_to_async(add_minute_without_face)(session, student)
    await sync_to_async(evaluate_alerts)(session=session, now=timezone.now())
    alert = await Alert.objects.aget()
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        now = timezone.now()
        await sync_to_async(acknowledge)(alert=alert, teacher=teacher, now=now)
        [row] = (await socket.receive_type("alerts"))["alerts"]
    assert row["acknowledged_at"] == now.timestamp()
