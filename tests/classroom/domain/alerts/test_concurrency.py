"""Workers that evaluate the same session at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections

from classroom.domain.alerts.evaluation import evaluate_alerts
from classroom.models import Alert, AlertProgress
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 4


def test_concurrent_workers_fire_each_alert_once():
    session = factories.session()
    for _ in range(3):
        student = factories.student_of(session.course)
        for second in range(0, 90, 2):
            factories.reading(session, student, after_s=second, expression="")
    barrier = Barrier(WORKERS)

    def evaluate(_: int) -> int:
        barrier.wait(20)
        try:
            return evaluate_alerts(session=session, now=NOW + timedelta(seconds=90))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        changes = list(pool.map(evaluate, range(WORKERS)))
    assert sorted(changes) == [0, 0, 0, 3]
    assert Alert.objects.count() == 3
    assert AlertProgress.objects.get().until == NOW + timedelta(seconds=85)
