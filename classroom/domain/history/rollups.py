"""Keeps the roll-ups in step with the readings.

They hold the same figures that the readings give, so history need not sum millions of rows; a window in which nobody
was there has no row. A roll-up starts LATE
before the last one's end, for readings and ends of stays that were noticed late, and writes only what differs.
"""

from collections.abc import Callable, Hashable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Avg, ExpressionWrapper, F, FloatField, Q, Value
from django.db.models.functions import Coalesce, Least

from accounts.models import User
from classroom.domain.history.aggregates import COUNTS
from classroom.domain.history.timeline import Window, windows_with_someone
from classroom.domain.history.watermark import LATE, MINUTE_S, is_settled, settled_until
from classroom.measures import EXPRESSIONS, WINDOW_S, last_closed_window, window_start
from classroom.models import ClassSession, ClassWindow, Reading, StudentMinute
from classroom.models.reading import CERTAIN, VALENCE
from classroom.models.windows import WindowStart

# A session that runs is rolled up this often at most; its pages add what is newer from the readings.
EVERY = timedelta(minutes=1)
BATCH = 500
WINDOW_FIGURES = [*EXPRESSIONS, "present", "seen"]
MINUTE_FIGURES = [*EXPRESSIONS, "readings", "certain", "uncertain", "valence_square"]


def is_due(session: ClassSession, now: datetime) -> bool:
    """Whether the session, as it is known here, is to be rolled up."""
    until = session.rolled_up_until
    if until is None or until > now:  # never, or the clock was set back
        return True
    if not session.ended_at:
        return now - until >= EVERY
    return not is_settled(session) or (until < session.ended_at + LATE and now - until >= EVERY)


def roll_up(*, session: ClassSession, now: datetime) -> bool:
    """Write what has closed or changed since the last time. False if nothing is due, or another worker was faster."""
    if session.ended_at and not is_due(session, now):
        return False
    fresh = ClassSession.objects.filter(pk=session.pk).first()
    if fresh is None or not is_due(fresh, now):
        return False
    done = _write(fresh, since=_since(fresh, now), now=now)
    session.rolled_up_until = fresh.rolled_up_until
    return done


def roll_up_session(*, session: ClassSession, now: datetime) -> bool:
    """Write all of the session's roll-ups again."""
    fresh = ClassSession.objects.filter(pk=session.pk).first()
    return fresh is not None and _write(fresh, since=None, now=now)


def finish_roll_ups(*, now: datetime, limit: int = 20) -> int:
    """Roll up ended sessions that are not, or were before their last readings could come. Returns how many."""
    unfinished = ClassSession.objects.ended().filter(
        Q(rolled_up_until=None) | Q(rolled_up_until__lt=F("ended_at") + LATE, ended_at__lt=now - LATE)
    )
    return sum(roll_up(session=session, now=now) for session in unfinished[:limit])


def forget_student(*, student: User) -> None:
    """Take the student out of every roll-up. Sessions she was read in are rolled up anew when next looked at.

    Call it in one transaction with deleting her readings, or her account.
    """
    sessions = list(
        ClassSession.objects.filter(
            models.Exists(StudentMinute.objects.filter(session=models.OuterRef("pk"), student=student))
            | models.Exists(Reading.objects.filter(session=models.OuterRef("pk"), student=student))
        ).values_list("pk", flat=True)
    )
    if not sessions:
        return
    # A roll-up under way sees that the moment has changed, and gives up what it summed with her in it. So it becomes
    # another one each time, also where none was: one before the start, from which all is summed again.
    before = Least(Coalesce("rolled_up_until", "started_at"), "started_at") - timedelta(milliseconds=1)
    moment = ExpressionWrapper(before, output_field=models.DateTimeField())
    ClassSession.objects.filter(pk__in=sessions).update(rolled_up_until=moment)
    StudentMinute.objects.filter(student=student).delete()
    ClassWindow.objects.filter(session__in=sessions).delete()


def note_late_reading(reading: Reading) -> None:
    """A reading was written long after it was taken: what was rolled up since then is no longer settled."""
    # Always another moment than before, so that a roll-up under way, which may not have seen it, gives up.
    moment = Least(F("rolled_up_until"), Value(reading.captured_at)) - timedelta(milliseconds=1)
    rolled_up = ClassSession.objects.filter(pk=reading.session_id, rolled_up_until__isnull=False)
    rolled_up.update(rolled_up_until=ExpressionWrapper(moment, output_field=models.DateTimeField()))


def _since(session: ClassSession, now: datetime) -> int | None:
    until = session.rolled_up_until
    since = settled_until(session)
    # From its first window on is all of it, with what a clock set back has put before its start.
    is_all = until is None or until > now or since == window_start(session.started_at.timestamp())
    return None if is_all else since


def _write(session: ClassSession, *, since: int | None, now: datetime) -> bool:
    until = _until(session, now)
    first = window_start(session.started_at.timestamp()) if since is None else since
    windows = [_window_row(session, each) for each in windows_with_someone(session=session, since=first, until=now)]
    minutes = _minutes(session, since, None if session.ended_at else until)
    with transaction.atomic():
        # The condition makes one of two workers give way, and the row's lock keeps others out while this one writes.
        if not _take(session, until):
            return False
        _replace(session.windows, windows, since, _window_key, WINDOW_FIGURES, ["session", "at"])
        _replace(session.student_minutes, minutes, since, _minute_key, MINUTE_FIGURES, ["session", "student", "at"])
    session.rolled_up_until = until
    return True


def _until(session: ClassSession, now: datetime) -> datetime:
    if session.ended_at:
        return max(now, session.ended_at)
    return datetime.fromtimestamp(last_closed_window(now.timestamp()) + WINDOW_S, UTC)


def _take(session: ClassSession, until: datetime) -> bool:
    untouched = ClassSession.objects.filter(
        pk=session.pk, rolled_up_until=session.rolled_up_until, ended_at=session.ended_at
    )
    return untouched.update(rolled_up_until=until) == 1


def _window_row(session: ClassSession, window: Window) -> ClassWindow:
    return ClassWindow(
        session=session,
        at=datetime.fromtimestamp(window["at"], UTC),
        present=window["present"],
        seen=window["seen"],
        **(window["probabilities"] or {}),
    )


def _minutes(session: ClassSession, since: int | None, until: datetime | None) -> list[StudentMinute]:
    readings = session.readings.all()
    if since is not None:
        readings = readings.filter(captured_at__gte=datetime.fromtimestamp(since, UTC))
    if until is not None:
        readings = readings.filter(captured_at__lt=until)
    rows: Any = (
        readings.annotate(minute=WindowStart("captured_at", seconds=MINUTE_S))
        .values("student_id", "minute")
        .annotate(
            **COUNTS,
            square=Avg(VALENCE * VALENCE, filter=CERTAIN, output_field=FloatField()),
            **{f"mean_{name}": Avg(name, filter=CERTAIN) for name in EXPRESSIONS},
        )
        .order_by("student_id", "minute")
    )
    return [_minute_row(session, row) for row in rows]


def _minute_row(session: ClassSession, row: dict[str, Any]) -> StudentMinute:
    return StudentMinute(
        session=session,
        student_id=row["student_id"],
        at=datetime.fromtimestamp(row["minute"], UTC),
        readings=row["count"],
        certain=row["certain"],
        uncertain=row["unsure"],
        valence_square=row["square"],
        **{name: row[f"mean_{name}"] for name in EXPRESSIONS},
    )


def _replace(
    stored: Any,
    rows: list[Any],
    since: int | None,
    key: Callable[[Any], Hashable],
    figures: list[str],
    unique: list[str],
) -> None:
    """Make what is stored from `since` on equal to the rows, touching only what differs."""
    known = stored.all() if since is None else stored.filter(at__gte=datetime.fromtimestamp(since, UTC))
    old = {key(row): row for row in known}
    changed = [row for row in rows if key(row) not in old or _differ(old[key(row)], row, figures)]
    gone = old.keys() - {key(row) for row in rows}
    if gone:
        stored.filter(pk__in=[old[each].pk for each in gone]).delete()
    stored.model.objects.bulk_create(
        changed, batch_size=BATCH, update_conflicts=True, update_fields=figures, unique_fields=unique
    )


def _differ(one: Any, other: Any, figures: list[str]) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in figures)


def _window_key(row: ClassWindow) -> Hashable:
    return row.at


def _minute_key(row: StudentMinute) -> Hashable:
    return row.student_id, row.at
