"""How often expressions were negative in a course's earlier classes, as a baseline for "negative".

Some faces, cameras and lights read as more negative than others whatever is taught, so a share alone says little."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, Sum

from classroom.domain.anonymity.groups import MINUTE_S
from classroom.domain.anonymity.publishing import published_totals
from classroom.domain.history.watermark import is_fully_rolled_up
from classroom.measures import EXPRESSIONS, WINDOW_S, Counts, negative_of_seen, seen_count
from classroom.models import ClassSession

# A class is compared with this many earlier ones.
EARLIER = 5
# One student for an hour, or thirty for two minutes. With less there is no baseline.
MIN_WINDOWS = 360
# Windows that predate the counting of students.
UNCOUNTED = Q(windows__seen__gt=0, windows__shown_neutral=None)


def usual_negative(*, course_id: int, before: datetime) -> float | None:
    """Return the share of negative expressions in the last EARLIER classes of the course that started before then, or
    None if they hold too little or one is not fully rolled up. Classes that predate the counting of students are left
    out. An anonymous class counts with what it published. The live page and the report use the same value. One query,
    two with anonymous classes."""
    earlier = ClassSession.objects.ended().filter(course=course_id, started_at__lt=before).order_by("-started_at")
    totals = {name: Sum(f"windows__shown_{name}", default=0) for name in EXPRESSIONS}
    sessions: Any = ClassSession.objects.filter(pk__in=earlier.values("pk")[:EARLIER]).order_by()
    sessions = list(sessions.annotate(uncounted=Count("windows", filter=UNCOUNTED), **totals))
    if not all(is_fully_rolled_up(session) for session in sessions):
        return None
    counted = [session for session in sessions if not session.uncounted and not session.is_anonymous]
    total: Counts = {name: sum(getattr(session, name) for session in counted) for name in EXPRESSIONS}
    for _, counts in published_totals(sessions=sessions).values():
        # A published minute stands for as many windows as it lasts.
        total = {name: total[name] + counts[name] * MINUTE_S // WINDOW_S for name in EXPRESSIONS}
    return negative_of_seen(total) if seen_count(total) >= MIN_WINDOWS else None
