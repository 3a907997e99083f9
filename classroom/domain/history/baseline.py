"""How often the expressions of a course were negative in the classes before: what "negative" is compared with.

Some faces, cameras and lights read as more negative than others whatever is taught, so a share alone says little."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Sum

from classroom.measures import EXPRESSIONS, Counts, negative_of_seen, seen_count
from classroom.models import ClassSession, ClassWindow

# A class is compared with this many before it.
EARLIER = 5
# One student for an hour, or thirty for two minutes: with less there is no baseline.
MIN_WINDOWS = 360


def usual_negative(several: Iterable[Counts | None]) -> float | None:
    """Return the share of negative expressions over the counts of earlier classes; None if they are too few."""
    known = [counts for counts in several if counts is not None]
    total: Counts = {name: sum(counts[name] for counts in known) for name in EXPRESSIONS}
    return negative_of_seen(total) if seen_count(total) >= MIN_WINDOWS else None


def usual_negative_before(*, course_id: int, before: datetime) -> float | None:
    """The same for the EARLIER classes of the course that ended last before then. One query."""
    earlier = ClassSession.objects.ended().filter(course=course_id, started_at__lt=before).order_by("-started_at")
    windows = ClassWindow.objects.filter(session__in=earlier.values("pk")[:EARLIER])
    sums = windows.order_by().aggregate(**{name: Sum(f"shown_{name}", default=0) for name in EXPRESSIONS})
    return usual_negative([sums])
