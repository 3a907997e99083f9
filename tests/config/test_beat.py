from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings

from config.beat import SteadyScheduler

EVERY_S = 60


@pytest.fixture
def set_clock(monkeypatch):
    def to(ahead: timedelta) -> None:
        monkeypatch.setattr(Celery, "now", lambda self: datetime.now(UTC) + ahead)

    return to


def start_beat(folder: Path) -> SteadyScheduler:
    app = Celery("beat", broker="memory://", set_as_current=False)
    # Without a task of Celery's own.
    app.conf.update(beat_schedule={"job": {"task": "job", "schedule": EVERY_S}}, result_expires=None)
    return SteadyScheduler(app, schedule_filename=str(folder / "schedule"))


@pytest.mark.parametrize("restarts", [False, True])
def test_tasks_are_sent_after_the_clock_was_set_back(set_clock, tmp_path, restarts):
    set_clock(timedelta(hours=5))
    beat = start_beat(tmp_path)
    beat.tick()
    set_clock(timedelta(0))
    if restarts:
        beat.close()
        beat = start_beat(tmp_path)
    # How long it waits.
    assert EVERY_S - 5 < beat.tick() <= EVERY_S
    set_clock(timedelta(seconds=EVERY_S))
    assert beat.tick() == 0
    assert beat.schedule["job"].total_run_count == 1


def test_beat_uses_this_scheduler():
    assert settings.CELERY_BEAT_SCHEDULER == "config.beat:SteadyScheduler"
