"""Keeps the roll-ups in step with the readings.

They hold the same figures as the readings, so that history pages need not sum millions of rows. A window in which
nobody was present has no row. Each run starts ALLOWED_LATENESS before the end of the last one, to pick up late readings
and stays whose end was noticed late. It writes only what differs.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Least

from accounts.models import User
from classroom.domain.history.aggregates import ReadingTotals
from classroom.domain.history.student_windows import StudentWindow, student_windows
from classroom.domain.history.timeline import build_windows, window_starts_since
from classroom.domain.history.watermark import ALLOWED_LATENESS, MINUTE_S, is_fully_rolled_up, watermark
from classroom.measures import EXPRESSIONS, WINDOW_S, last_closed_window, window_start
from classroom.models import ClassSession, ClassWindow, Reading, Stay, StudentMinute
from classroom.models.expressions import SHOWN_FIELDS, shown_fields

# A running session is rolled up at most this often. Its pages take newer figures from the readings.
ROLL_UP_INTERVAL = timedelta(minutes=1)
# During an upgrade, a process of the previous version, which does not count students, may roll up a session. This is
# noticed for this long; the command finds such sessions of any age.
UPGRADE_TIME = timedelta(days=1)
BATCH_SIZE = 500
UNFINISHED_AT_ONCE = 20
# Every window written since the counting of students began has counts, no matter who was seen.
UNCOUNTED = Q(shown_neutral=None)
WINDOW_KEY = ["session_id", "at"]
WINDOW_VALUES = [*SHOWN_FIELDS, *EXPRESSIONS, "present", "seen"]
MINUTE_KEY = ["session_id", "student_id", "at"]
MINUTE_VALUES = [*SHOWN_FIELDS, *EXPRESSIONS, "readings", "certain", "uncertain", "valence_square"]


def is_due(session: ClassSession, now: datetime) -> bool:
    """Return whether the session, as loaded here, has to be rolled up."""
    until = session.rolled_up_until
    if until is None or until > now:  # never rolled up, or the clock was set back
        return True
    if not session.ended_at:
        return now - until >= ROLL_UP_INTERVAL
    if not is_fully_rolled_up(session):
        return True
    if until < session.ended_at + ALLOWED_LATENESS and now - until >= ROLL_UP_INTERVAL:
        return True
    return lacks_counts(session, now)


def lacks_counts(session: ClassSession, now: datetime) -> bool:
    """Return whether roll-ups without counts, written during an upgrade, can be rebuilt from readings. This checks the
    class's windows, which are written together with the students' minutes and are far fewer."""
    until = session.rolled_up_until
    if until is None or now - until > UPGRADE_TIME:
        return False
    return session.windows.filter(UNCOUNTED).exists() and session.readings.exists()


def roll_up(*, session: ClassSession, now: datetime) -> bool:
    """Write what has closed or changed since the last run. Return False if nothing is due, another worker was faster,
    or the readings are deleted."""
    if session.ended_at and not is_due(session, now):
        return False
    fresh = ClassSession.objects.filter(pk=session.pk).first()
    if fresh is None or not is_due(fresh, now):
        return False
    since, until = watermark(fresh), fresh.rolled_up_until
    # A run that starts at the first window covers everything, even what a clock set back has put before the start.
    is_complete = until is None or until > now or since == window_start(fresh.started_at.timestamp())
    done = _write(fresh, since=None if is_complete or lacks_counts(fresh, now) else since, now=now)
    session.rolled_up_until = fresh.rolled_up_until
    return done


def rebuild_rollups(*, session: ClassSession, now: datetime) -> bool:
    """Rewrite all of the session's roll-ups. Return False if the session is gone, another worker was faster, or the
    readings are deleted, so that only the roll-ups are left."""
    fresh = ClassSession.objects.filter(pk=session.pk).first()
    return fresh is not None and not has_only_rollups(fresh) and _write(fresh, since=None, now=now)


def has_only_rollups(session: ClassSession) -> bool:
    """Return whether the readings of the ended session are deleted, but not its roll-ups."""
    if session.is_running or session.readings.exists():
        return False
    return session.windows.filter(seen__gt=0).exists() or session.student_minutes.exists()


def roll_up_unfinished(*, now: datetime) -> int:
    """Roll up ended sessions that have no roll-ups, were rolled up before their last readings could arrive, or lack
    counts: at most UNFINISHED_AT_ONCE. Returns how many."""
    windows = ClassWindow.objects.filter(UNCOUNTED, session=OuterRef("pk"))
    readings = Reading.objects.filter(session=OuterRef("pk"))
    unfinished = ClassSession.objects.ended().filter(
        Q(rolled_up_until=None)
        | Q(rolled_up_until__lt=F("ended_at") + ALLOWED_LATENESS, ended_at__lt=now - ALLOWED_LATENESS)
        | Q(Exists(windows), Exists(readings), rolled_up_until__gte=now - UPGRADE_TIME)
    )
    return sum(roll_up(session=session, now=now) for session in unfinished[:UNFINISHED_AT_ONCE])


def remove_from_rollups(*, student: User) -> None:
    """Remove the student from every roll-up. Sessions that still have readings are rolled up again when next opened. If
    everyone's readings are deleted, the counts of the whole class stay: nothing else is left of the others.

    Call it in the transaction that deletes the student's readings or account.
    """
    minutes = StudentMinute.objects.filter(session=OuterRef("pk"))
    readings = Reading.objects.filter(session=OuterRef("pk"))
    sessions = list(
        ClassSession.objects.filter(
            Exists(minutes.filter(student=student)) | Exists(readings.filter(student=student)),
            Exists(readings) | ~Exists(minutes.exclude(student=student)),
        ).values_list("pk", flat=True)
    )
    _roll_up_again(sessions)
    StudentMinute.objects.filter(student=student).delete()


def move_rollups(*, kept: User, merged: User) -> None:
    """Before the merged account's readings move, mark the sessions that it attended for a new roll-up. Minutes whose
    readings are deleted move and are joined with those of the kept account.

    Call it in the transaction that moves the readings and attendances.
    """
    minutes = StudentMinute.objects.filter(session=OuterRef("pk"))
    readings = Reading.objects.filter(session=OuterRef("pk"))
    sessions = list(
        ClassSession.objects.filter(
            Q(attendances__student=merged) | Exists(minutes.filter(student=merged)),
            Exists(readings) | ~Exists(minutes),
        )
        .order_by()
        .values_list("pk", flat=True)
        .distinct()
    )
    _roll_up_again(sessions)
    StudentMinute.objects.filter(session__in=sessions, student__in=(kept, merged)).delete()
    for minute in StudentMinute.objects.filter(student=merged):
        own = StudentMinute.objects.filter(student=kept, session=minute.session_id, at=minute.at).first()
        if own is None:
            StudentMinute.objects.filter(pk=minute.pk).update(student=kept)
        else:
            _join_minutes(own, minute)


def _join_minutes(own: StudentMinute, other: StudentMinute) -> None:
    """Add up the readings. The number of windows that both had in common is no longer known, so the counts are those of
    the minute with more readings."""
    certain = own.certain + other.certain
    for name in (*EXPRESSIONS, "valence_square"):
        pairs = [(each.certain, getattr(each, name)) for each in (own, other) if getattr(each, name) is not None]
        total = sum(weight * value for weight, value in pairs)
        setattr(own, name, total / certain if pairs and certain else None)
    if other.readings > own.readings:
        for name in SHOWN_FIELDS:
            setattr(own, name, getattr(other, name))
    own.readings, own.certain, own.uncertain = own.readings + other.readings, certain, own.uncertain + other.uncertain
    own.save()
    other.delete()


def _roll_up_again(sessions: Collection[int]) -> None:
    # A roll-up in progress notices that rolled_up_until has changed and discards its sums. So the value must differ
    # each time, even if there was none: a time before the start makes it sum everything again.
    before_start = Least(Coalesce("rolled_up_until", "started_at"), "started_at") - timedelta(milliseconds=1)
    ClassSession.objects.filter(pk__in=sessions).update(rolled_up_until=_as_datetime(before_start))
    ClassWindow.objects.filter(session__in=sessions).delete()


def rewind_watermark(reading: Reading) -> None:
    """Roll up everything from this reading onwards again: it was written long after it was captured."""
    # Always a new value, so that a roll-up in progress, which may have missed the reading, discards its sums.
    before = Least(F("rolled_up_until"), Value(reading.captured_at)) - timedelta(milliseconds=1)
    rolled_up = ClassSession.objects.filter(pk=reading.session_id, rolled_up_until__isnull=False)
    rolled_up.update(rolled_up_until=_as_datetime(before))


def _write(session: ClassSession, *, since: int | None, now: datetime) -> bool:
    """Bring the roll-ups up to date from `since` onwards, or all of them. Return False if another worker was faster, or
    if the readings are deleted: then the roll-ups stay as they are."""
    if session.ended_at:
        until = max(now, session.ended_at)
    else:
        until = datetime.fromtimestamp(last_closed_window(now.timestamp()) + WINDOW_S, UTC)
    readings = session.readings.all()
    if since is not None:
        readings = readings.filter(captured_at__gte=datetime.fromtimestamp(since, UTC))
    if not session.ended_at:
        readings = readings.filter(captured_at__lt=until)
    read = student_windows(readings)
    keeps_stored = not read and has_only_rollups(session)
    windows = _class_windows(session, read, since, now)
    minutes = _student_minutes(session, read)
    with transaction.atomic():
        # The condition lets only one of two workers write, and the row lock holds others back until it is done.
        unchanged = ClassSession.objects.filter(
            pk=session.pk, rolled_up_until=session.rolled_up_until, ended_at=session.ended_at
        )
        if not unchanged.update(rolled_up_until=until):
            return False
        # Without the readings nothing can be rebuilt. The watermark moves on, so that the session is no longer due.
        if not keeps_stored:
            _replace(session.windows, windows, since, WINDOW_KEY, WINDOW_VALUES)
            _replace(session.student_minutes, minutes, since, MINUTE_KEY, MINUTE_VALUES)
    session.rolled_up_until = until
    return not keeps_stored


def _class_windows(
    session: ClassSession, read: list[StudentWindow], since: int | None, now: datetime
) -> list[ClassWindow]:
    starts = window_starts_since(session, window_start(session.started_at.timestamp()) if since is None else since, now)
    stays = Stay.objects.filter(attendance__session=session)
    windows = build_windows(read, stays=stays, until=now, starts=starts) if starts else []
    return [
        ClassWindow(
            session=session,
            at=datetime.fromtimestamp(window["at"], UTC),
            present=window["present"],
            seen=window["seen"] or 0,
            **shown_fields(window["counts"]),
        )
        for window in windows
    ]


def _student_minutes(session: ClassSession, read: list[StudentWindow]) -> list[StudentMinute]:
    minutes: list[StudentMinute] = []
    # Sorting keeps each student's windows in chronological order.
    for student_id, windows in groupby(sorted(read, key=attrgetter("student_id")), attrgetter("student_id")):
        for minute, group in groupby(windows, lambda window: window.at // MINUTE_S * MINUTE_S):
            totals = ReadingTotals.from_windows(list(group))
            minutes.append(
                StudentMinute(
                    session=session,
                    student_id=student_id,
                    at=datetime.fromtimestamp(minute, UTC),
                    readings=totals.readings,
                    certain=totals.certain,
                    uncertain=totals.uncertain,
                    valence_square=totals.valence_square,
                    **(totals.shares or {}),
                    **shown_fields(totals.counts),
                )
            )
    return minutes


def _replace(stored: Any, rows: list[Any], since: int | None, key_fields: list[str], value_fields: list[str]) -> None:
    """Make the stored rows from `since` onwards equal to `rows`, touching only those that differ."""
    key, values = attrgetter(*key_fields), attrgetter(*value_fields)
    current = stored.all() if since is None else stored.filter(at__gte=datetime.fromtimestamp(since, UTC))
    old = {key(row): row for row in current}
    changed = [row for row in rows if key(row) not in old or values(old[key(row)]) != values(row)]
    obsolete = old.keys() - {key(row) for row in rows}
    if obsolete:
        stored.filter(pk__in=[old[each].pk for each in obsolete]).delete()
    stored.model.objects.bulk_create(
        changed, batch_size=BATCH_SIZE, update_conflicts=True, update_fields=value_fields, unique_fields=key_fields
    )


def _as_datetime(expression: Any) -> ExpressionWrapper:
    """The type of the expression, which Django cannot derive from a datetime minus a duration."""
    return ExpressionWrapper(expression, output_field=models.DateTimeField())
