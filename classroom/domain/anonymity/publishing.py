"""Writes, once each, the minutes that an anonymous class shows its teachers, and reads them."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum

from classroom.domain.anonymity.groups import MINUTE_S, count_groups, shown_in_minute, with_new_groups
from classroom.infra import events
from classroom.measures import EXPRESSIONS, Counts, Sample, add_counts
from classroom.models import ClassSession, PublicationProgress, PublishedMinute
from classroom.models.expressions import STORED_COUNTS, shown_fields
from classroom.models.reading import CERTAIN

# A minute is final this long after its end. Readings saved later do not count.
DELAY_S = 5
# The live page says nothing about faces if the last published minute ended longer ago than this.
CURRENT_S = 2 * MINUTE_S
# After a gap, the minutes are written in batches, each in its own transaction.
BATCH_MINUTES = 15


def start_publishing(*, session: ClassSession, now: datetime) -> None:
    """Publish the session from the next whole minute onwards."""
    PublicationProgress.objects.get_or_create(session=session, defaults={"until": _whole_minute_from(now)})


def publish_minutes(*, session: ClassSession, now: datetime) -> int:
    """Publish the minutes that have become final, and make the dashboards load them. Return how many have a number. If
    two processes run at once, only one publishes each minute."""
    if not session.is_anonymous:
        return 0
    published = 0
    start_publishing(session=session, now=session.started_at)
    while True:
        progress = PublicationProgress.objects.select_related("session").get(session=session)
        end = progress.session.ended_at
        final = (end or now - timedelta(seconds=DELAY_S)).timestamp() // MINUTE_S * MINUTE_S
        since = progress.until.timestamp()
        until = min(final, since + BATCH_MINUTES * MINUTE_S)
        if until <= since:
            break
        published += _publish_batch(progress, range(int(since), int(until), MINUTE_S))
    if end and progress.groups:
        PublicationProgress.objects.filter(pk=progress.pk).update(groups=[])
    if published:
        events.publish_class_changed(session.pk)
    return published


def _publish_batch(progress: PublicationProgress, starts: range) -> int:
    """Return how many of the minutes have a number; 0 if another process was quicker."""
    samples, groups = _load_samples(progress.session, starts), progress.groups
    minutes: list[PublishedMinute] = []
    for start in starts:
        shown_by = shown_in_minute(samples, start=start)
        groups = with_new_groups(groups, shown_by)
        if counts := count_groups(groups, shown_by):
            at, seen = datetime.fromtimestamp(start, UTC), sum(counts.values())
            minutes.append(PublishedMinute(session=progress.session, at=at, seen=seen, **shown_fields(counts)))
    with transaction.atomic():
        unchanged = PublicationProgress.objects.filter(pk=progress.pk, until=progress.until)
        if not unchanged.update(until=datetime.fromtimestamp(starts.stop, UTC), groups=groups):
            return 0
        PublishedMinute.objects.bulk_create(minutes)
    return len(minutes)


def published_counts(*, session: ClassSession) -> dict[int, Counts]:
    """Return the published minutes by start time, in seconds since 1970. One query."""
    return {int(row.at.timestamp()): row.counts for row in session.published_minutes.all()}


def current_minute(*, session: ClassSession, now: datetime) -> PublishedMinute | None:
    """Return the last published minute, or None if it is too old to describe the class now."""
    oldest = now - timedelta(seconds=MINUTE_S + CURRENT_S)
    return session.published_minutes.filter(at__gt=oldest).last()


def published_totals(*, sessions: Collection[ClassSession]) -> dict[int, tuple[int, Counts]]:
    """Return, by session, how many minutes have a published number, and the sum of their counts. One query, none
    without anonymous sessions."""
    anonymous = [session.pk for session in sessions if session.is_anonymous]
    found = {pk: (0, add_counts([])) for pk in anonymous}
    if not anonymous:
        return found
    rows: Any = PublishedMinute.objects.filter(session__in=anonymous).order_by().values("session_id")
    sums = {name: Sum(f"shown_{name}") for name in STORED_COUNTS}
    for row in rows.annotate(minutes=Count("pk"), **sums):
        found[row["session_id"]] = row["minutes"], add_counts([{name: row[name] for name in STORED_COUNTS}])
    return found


def _load_samples(session: ClassSession, starts: range) -> Sequence[Sample]:
    between = [datetime.fromtimestamp(at, UTC) for at in (starts.start, starts.stop)]
    rows: Any = session.readings.filter(CERTAIN, captured_at__gte=between[0], captured_at__lt=between[1])
    values = rows.order_by("captured_at").values_list("student_id", "captured_at", *EXPRESSIONS)
    return [
        Sample(student_id, at.timestamp(), dict(zip(EXPRESSIONS, shares, strict=True)))
        for student_id, at, *shares in values
    ]


def _whole_minute_from(at: datetime) -> datetime:
    return datetime.fromtimestamp(-(-at.timestamp() // MINUTE_S) * MINUTE_S, UTC)
