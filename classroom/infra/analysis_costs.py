"""The cost of analysing each student's snapshots, and which students get no further credits because of it.

A cost is CPU time of the analysing thread: a busy machine makes an analysis slower, but hardly more costly. A snapshot
is costly if it takes COSTLY_FACTOR times the median of the students whom this process has read most recently from the
same kind of picture: a face that a browser has cut out costs a third of a whole frame. The median counts each student
once, so that nobody moves it by sending more, and it follows if everything becomes slower at once.
docs/adr/0019-costly-snapshots.md has the figures.
"""

import contextlib
import logging
import statistics
import threading
from collections import OrderedDict
from typing import Literal

from django.core.cache import cache
from redis.exceptions import RedisError

from classroom.infra import metrics
from classroom.infra.rate_limits import count_event

logger = logging.getLogger(__name__)

COSTLY_FACTOR = 10
# This many costly snapshots of one student, in all processes, within the period: one may be the machine's fault.
MAX_COSTLY = 3
PERIOD_S = 120
MAX_STUDENTS = 64
# Longer than any class.
EXCLUDED_S = 24 * 3600

_lock = threading.Lock()
Picture = Literal["frame", "face"]
# The cost of the last snapshot by kind of picture, session and student, the most recent last.
_last_costs: OrderedDict[tuple[Picture, int, int], float] = OrderedDict()


def record_cost(*, session_id: int, student_id: int, cost_s: float, picture: Picture = "frame") -> bool:
    """Record what a snapshot cost. Return whether it was costly, and the student's one too many."""
    if not _is_costly(picture, session_id, student_id, cost_s):
        return False
    metrics.COSTLY.inc()
    costly = count_event("costly-snapshots", f"{session_id}:{student_id}", period_s=PERIOD_S)
    if costly < MAX_COSTLY:
        return False
    with contextlib.suppress(RedisError):  # the next costly snapshot sets it
        cache.set(_excluded_key(session_id, student_id), 1, EXCLUDED_S)
    if costly == MAX_COSTLY:
        metrics.EXCLUDED.inc()
        logger.warning(
            "Student %s gets no further credits in session %s: %s snapshots took over %s times the usual CPU time, "
            "the last one %.2f s.",
            *(student_id, session_id, costly, COSTLY_FACTOR, cost_s),
        )
    return True


def is_excluded(*, session_id: int, student_id: int) -> bool:
    try:
        return cache.get(_excluded_key(session_id, student_id)) is not None
    except RedisError:
        return False


def _is_costly(picture: Picture, session_id: int, student_id: int, cost_s: float) -> bool:
    student = (picture, session_id, student_id)
    with _lock:
        _last_costs[student] = cost_s
        _last_costs.move_to_end(student)
        if len(_last_costs) > MAX_STUDENTS:
            _last_costs.popitem(last=False)
        # The lower of two: one student can exclude nobody, and an attacker with only one classmate is noticed.
        alike = [cost for (kind, *_), cost in _last_costs.items() if kind == picture]
        return cost_s >= COSTLY_FACTOR * statistics.median_low(alike)


def _excluded_key(session_id: int, student_id: int) -> str:
    return f"excluded:{session_id}:{student_id}"
