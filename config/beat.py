from typing import Any

from celery.beat import PersistentScheduler


class SteadyScheduler(PersistentScheduler):
    """After the clock was set back, Celery's own sends nothing until the time of the last runs has come again, not even
    after a restart. A machine whose hardware clock shows local time starts hours ahead until the network sets it."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        for entry in self.schedule.values():
            now = entry.default_now()
            if entry.last_run_at > now:
                entry.last_run_at = now
                self._heap = None  # tick calculates the next runs again
        return super().tick(*args, **kwargs)
