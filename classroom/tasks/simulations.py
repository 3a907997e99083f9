"""Ends simulated classes whose programs were killed. Runs on a thread of a web process, if the server allows them."""

import logging
import threading
import time

from django.db import connection
from django.utils import timezone

from classroom.domain.simulation import end_abandoned_simulations

logger = logging.getLogger(__name__)

EVERY_S = 10.0


def start_watch() -> None:
    threading.Thread(target=_watch, name="simulations", daemon=True).start()


def _watch() -> None:
    while True:
        time.sleep(EVERY_S)
        try:
            end_abandoned_simulations(now=timezone.now())
        except Exception as error:
            # The database is unavailable; the next round tries again.
            logger.warning("Could not look for abandoned simulated classes: %s", error)
        connection.close()
