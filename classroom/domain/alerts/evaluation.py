"""A session's alerts, evaluated a few seconds behind the class. classroom/alert_rules.py decides when one fires."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from classroom.alert_rules import CLASS_NEGATIVE, PRESENCE_LOW, STEP_S, STUDENT_NEGATIVE
from classroom.domain.alerts.messages import away_figures, negative_figures
from classroom.domain.alerts.records import rules_for
from classroom.domain.alerts.signals import batch_end, signals_between, to_datetime
from classroom.domain.alerts.tracker import AlertTracker, Change
from classroom.domain.webhooks.messages import queue_alerts_fired
from classroom.infra import events
from classroom.measures import CLOSING_DELAY_S, EXPRESSIONS
from classroom.models import Alert, AlertProgress, ClassSession, Reading

# If the clock is set back by more than this, evaluation continues from its new time; it waits out a smaller step.
CLOCK_SLACK_S = 30


def evaluate_alerts(*, session: ClassSession, now: datetime) -> int:
    """Evaluate what has happened since the last call, up to `now` or the session's end, and notify the teachers' pages.

    Returns how many alerts changed. If two processes run at once, only one of them evaluates each stretch of time.
    """
    changed = 0
    while (batch := next_batch(session, now)) is not None:
        count = batch.evaluate(now)
        changed += count or 0
        if count is not None and batch.is_newest:
            break
    if changed:
        events.publish_alerts(session.pk)
    return changed


@dataclass(frozen=True)
class EvaluationBatch:
    """A stretch of a session, evaluated and saved as one."""

    progress: AlertProgress
    after: float
    until: float
    # The batch reaches up to now; and up to the session's end.
    is_newest: bool
    is_last: bool

    def evaluate(self, now: datetime) -> int | None:
        """Return how many alerts changed, or None if another process was quicker."""
        session = self.progress.session
        tracker = AlertTracker.load(rules_for(session.course), self.progress.states)
        series = signals_between(session=session, after=self.after, until=self.until, peak=tracker.peak, now=now)
        changes = [change for signals in series for change in tracker.update(signals)]
        if self.is_last:
            changes += tracker.close(self.until)
        states = {} if self.is_last else tracker.dump()
        if not changes:  # as nearly always
            return 0 if self.advance_progress(states) else None
        with transaction.atomic():
            if not self.advance_progress(states):
                return None
            queue_alerts_fired(session, _save_changes(session, changes))
        return len(changes)

    def advance_progress(self, states: dict) -> bool:
        """Return False if another process was quicker."""
        unchanged = AlertProgress.objects.filter(pk=self.progress.pk, until=self.progress.until)
        return unchanged.update(until=to_datetime(self.until), states=states) == 1


def next_batch(session: ClassSession, now: datetime) -> EvaluationBatch | None:
    """Return what to evaluate next, or None if there is nothing yet. An ended session is evaluated to its very end."""
    # Load the session again: the caller's copy may be old.
    known = AlertProgress.objects.select_related("session__course").filter(session=session)
    if (progress := known.first()) is None:
        AlertProgress.objects.get_or_create(session=session, defaults={"until": session.started_at})
        progress = known.get()
    after, end = progress.until.timestamp(), progress.session.ended_at
    if end is not None:
        if progress.until >= end and not progress.states:
            return None
        after = min(after, end.timestamp())
        until = batch_end(session=progress.session, after=after, end=end.timestamp())
        is_last = until == end.timestamp()
        return EvaluationBatch(progress, after, until, is_newest=is_last, is_last=is_last)
    latest = (now.timestamp() - CLOSING_DELAY_S) // STEP_S * STEP_S
    if latest < after - CLOCK_SLACK_S:
        after = latest - STEP_S
    # After a gap, the evaluation catches up in batches, each in its own transaction.
    until = min(latest, batch_end(session=progress.session, after=after // STEP_S * STEP_S, end=latest))
    return EvaluationBatch(progress, after, until, is_newest=until == latest, is_last=False) if until > after else None


def _save_changes(session: ClassSession, changes: Sequence[Change]) -> list[Alert]:
    """Return the alerts that have fired."""
    open_alerts = {(alert.kind, alert.student_id): alert for alert in session.alerts.open()}
    fired: list[Alert] = []
    changed: dict[int, Alert] = {}
    class_alert: Alert | None = None
    for change in changes:
        alert = open_alerts.get(change.key)
        if change.event == "fired":
            if alert is None:
                alert = open_alerts[change.key] = _new_alert(session, change)
                fired.append(alert)
            if change.key[0] == CLASS_NEGATIVE:
                class_alert = alert
            continue
        if alert is None:  # deleted with its student's data
            continue
        if change.event == "explained":
            class_alert = class_alert or session.alerts.filter(kind=CLASS_NEGATIVE).order_by("fired_at", "pk").last()
        _apply(change, alert, class_alert)
        if change.event == "recovered":
            del open_alerts[change.key]
        if alert.pk:
            changed[alert.pk] = alert
    _add_student_figures(session, [alert for alert in fired if alert.student_id])
    # Alerts about the class first: those about students refer to them. Ended alerts are saved
    # before those that have fired since: a kind has one open alert.
    for is_about_class in (True, False):
        known = [alert for alert in changed.values() if (alert.student_id is None) == is_about_class]
        Alert.objects.bulk_update(known, ["recovering_at", "recovered_at", "explained_by"])
        Alert.objects.bulk_create([alert for alert in fired if (alert.student_id is None) == is_about_class])
    return fired


def _apply(change: Change, alert: Alert, class_alert: Alert | None) -> None:
    """Change an alert that has fired. If it is explained from now on, `class_alert` is the one that explains it."""
    match change.event:
        case "recovering":
            alert.recovering_at = to_datetime(change.at)
        case "relapsed":
            alert.recovering_at = None
        case "recovered":
            # Not before it fired, even if a clock was set back.
            alert.recovered_at = max(alert.fired_at, to_datetime(change.at))
        case "explained":
            alert.explained_by = class_alert
        case "unexplained":
            alert.explained_by = None


def _new_alert(session: ClassSession, change: Change) -> Alert:
    kind, student_id = change.key
    figures: dict[str, int] = {}
    if change.signals and kind == CLASS_NEGATIVE:
        figures = {"negative": change.signals.negative, "seen": change.signals.seen}
    elif change.signals and kind == PRESENCE_LOW:
        figures = {"present": change.signals.present, "peak": change.signals.peak}
    pending_at, fired_at = to_datetime(change.pending_at), to_datetime(change.at)
    return Alert(
        session=session, student_id=student_id, kind=kind, pending_at=pending_at, fired_at=fired_at, figures=figures
    )


def _add_student_figures(session: ClassSession, alerts: Sequence[Alert]) -> None:
    """Add the readings behind alerts about students, in one query."""
    if not alerts:
        return
    readings = Reading.objects.filter(
        session=session,
        student__in={alert.student_id for alert in alerts},
        captured_at__gt=min(alert.pending_at for alert in alerts),
        captured_at__lte=max(alert.fired_at for alert in alerts),
    ).only("student_id", "captured_at", "faces", "uncertain", *EXPRESSIONS)
    by_student: defaultdict[int | None, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_student[reading.student_id].append(reading)
    for alert in alerts:
        of_student = by_student[alert.student_id]
        own = [reading for reading in of_student if alert.pending_at < reading.captured_at <= alert.fired_at]
        figures = negative_figures if alert.kind == STUDENT_NEGATIVE else away_figures
        alert.figures = figures(own, round((alert.fired_at - alert.pending_at).total_seconds()))
