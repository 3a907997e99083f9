"""The alerts of a session: evaluated a few seconds behind the class, and acknowledged by a teacher. When one fires is
decided in classroom/alert_rules.py."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypedDict

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.models import User
from classroom import alert_rules
from classroom.alert_rules import CLASS_NEGATIVE, PRESENCE_LOW, STEP_S, STUDENT_NEGATIVE, Rule
from classroom.domain.alerts.messages import away_figures, negative_figures, reason
from classroom.domain.alerts.signals import Key, Look, looks, moment, piece_end
from classroom.domain.alerts.tracker import Change, Rules, Watch
from classroom.infra import events
from classroom.measures import CLOSING_DELAY_S
from classroom.models import Alert, AlertProgress, ClassSession, Course, Reading

# A clock set back by more than this is followed from where it is; less is waited for.
CLOCK_SLACK_S = 30
RECENT = 5
# A timeline marks no more than this.
FIRED = 200


class AlertRow(TypedDict):
    """An alert as pages show it. Times in seconds since 1970; without a student it is about the class."""

    id: int
    kind: str
    student: int | None
    name: str | None
    reason: str
    since: float
    fired_at: float
    recovering_at: float | None
    recovered_at: float | None
    acknowledged_at: float | None


class FiredAlert(TypedDict):
    """An alert as a mark on the session's timeline; a part of AlertRow."""

    id: int
    student: int | None
    name: str | None
    fired_at: float


def rules_of(course: Course) -> Rules:
    """The course's rule for each kind; the default where it has none of its own."""
    fields = ("kind", "enabled", "enter", "leave", "hold_s", "recover_s", "cooldown_s")
    return alert_rules.DEFAULTS | {row["kind"]: Rule(**row) for row in course.alert_rules.values(*fields)}


def save_rules(*, course: Course, rules: Iterable[Rule]) -> None:
    with transaction.atomic():
        for rule in rules:
            settings = {name: getattr(rule, name) for name in rule.__dataclass_fields__ if name != "kind"}
            course.alert_rules.update_or_create(kind=rule.kind, defaults=settings)


def alert_row(alert: Alert) -> AlertRow:
    """In the language in force. Needs `student` loaded."""
    return {
        "id": alert.pk,
        "kind": alert.kind,
        "student": alert.student_id,
        "name": alert.student.name if alert.student else None,
        "reason": reason(alert),
        "since": alert.pending_at.timestamp(),
        "fired_at": alert.fired_at.timestamp(),
        "recovering_at": _seconds(alert.recovering_at),
        "recovered_at": _seconds(alert.recovered_at),
        "acknowledged_at": _seconds(alert.acknowledged_at),
    }


def alerts_of(session: ClassSession) -> QuerySet[Alert]:
    """Newest first."""
    return session.alerts.select_related("student").order_by("-fired_at", "-pk")


def current_alerts(*, session: ClassSession) -> list[AlertRow]:
    """The open alerts (at most one of a kind for each student) and the last few to be over, newest first. Where many
    were over at the same moment, those about the class come before those about students."""
    last = ("-recovered_at", F("student").asc(nulls_first=True), "-fired_at", "-pk")
    over = session.alerts.exclude(recovered_at=None).order_by(*last).values("pk")[:RECENT]
    shown = alerts_of(session).filter(Q(recovered_at=None) | Q(pk__in=over))
    return [alert_row(alert) for alert in shown]


def fired_alerts(*, session: ClassSession) -> list[FiredAlert]:
    """The last FIRED alerts of the session, those about the class before those about students, oldest first."""
    rows = session.alerts.order_by(F("student").asc(nulls_first=True), "-fired_at", "-pk")
    fields = ("pk", "student_id", "student__name", "fired_at")
    found = sorted(rows.values_list(*fields)[:FIRED], key=lambda row: (row[3], row[0]))
    return [{"id": pk, "student": student, "name": name, "fired_at": at.timestamp()} for pk, student, name, at in found]


def acknowledge(*, alert: Alert, teacher: User, now: datetime) -> bool:
    """The teacher has taken note. False if somebody had before."""
    fresh = Alert.objects.filter(pk=alert.pk, acknowledged_at=None)
    if not fresh.update(acknowledged_at=now, acknowledged_by=teacher):
        return False
    events.publish_alerts(alert.session_id)
    return True


def forget_alerts(*, student: User) -> None:
    """Delete the alerts about the student, and where those stand that have not fired: they were read from her face."""
    alerts = Alert.objects.filter(student=student)
    running = list(alerts.filter(session__ended_at=None).order_by().values_list("session_id", flat=True).distinct())
    alerts.delete()
    followed = AlertProgress.objects.filter(session__ended_at=None, session__attendances__student=student)
    for progress in followed.select_for_update(of=("self",)):
        _forget_state(progress, student)
    for session_id in running:
        transaction.on_commit(partial(events.publish_alerts, session_id))


def _forget_state(progress: AlertProgress, student: User) -> None:
    states = progress.states.get("states", {})
    progress.states["states"] = {key: each for key, each in states.items() if not key.endswith(f":{student.pk}")}
    # Another moment than before: an evaluation under way, which may have read her, then gives up.
    progress.until -= timedelta(milliseconds=1)
    progress.save(update_fields=["states", "until"])


def evaluate_alerts(*, session: ClassSession, now: datetime) -> int:
    """Take in what has happened since the last call, up to `now` or the session's end, and tell the teachers' pages.
    Returns how many alerts changed. Run twice at once, each stretch of time is evaluated by one of the two."""
    changed = 0
    while (piece := _next_piece(session, now)) is not None:
        count = piece.evaluate(now)
        changed += count or 0
        if count is not None and piece.is_newest:
            break
    if changed:
        events.publish_alerts(session.pk)
    return changed


@dataclass
class _Piece:
    """A stretch of a session, evaluated and saved as one."""

    progress: AlertProgress
    after: float
    until: float
    # Up to now; and up to the session's end.
    is_newest: bool
    is_last: bool
    opened: dict[Key, Alert] = field(default_factory=dict)
    new: list[Alert] = field(default_factory=list)
    changed: dict[int, Alert] = field(default_factory=dict)

    def evaluate(self, now: datetime) -> int | None:
        """How many alerts changed; None if another process was quicker."""
        session = self.progress.session
        watch = Watch.load(rules_of(session.course), self.progress.states)
        seen = looks(session=session, after=self.after, until=self.until, peak=watch.peak, now=now)
        changes = [change for look in seen for change in watch.take(look)]
        if self.is_last:
            changes += watch.close(self.until)
        states = {} if self.is_last else watch.dump()
        if not changes:  # as nearly always
            return 0 if self._claim(states) else None
        with transaction.atomic():
            if not self._claim(states):
                return None
            self._apply(changes)
        return len(changes)

    def _claim(self, states: dict) -> bool:
        """Move the progress on; false if another process was quicker."""
        mine = AlertProgress.objects.filter(pk=self.progress.pk, until=self.progress.until)
        return mine.update(until=moment(self.until), states=states) == 1

    def _apply(self, changes: list[Change]) -> None:
        session = self.progress.session
        self.opened = {(alert.kind, alert.student_id): alert for alert in session.alerts.open()}
        for change in changes:
            self._apply_one(change)
        _add_figures(session, [alert for alert in self.new if alert.student_id])
        Alert.objects.bulk_update(self.changed.values(), ["recovering_at", "recovered_at"])
        Alert.objects.bulk_create(self.new)

    def _apply_one(self, change: Change) -> None:
        alert = self.opened.get(change.key)
        if change.event == "fired":
            if alert is None:
                self._fire(change)
            return
        if alert is None:  # deleted with its student's data
            return
        if change.event == "recovering":
            alert.recovering_at = moment(change.at)
        elif change.event == "relapsed":
            alert.recovering_at = None
        else:
            # Not before it fired, even where a clock was set back.
            alert.recovered_at = max(alert.fired_at, moment(change.at))
            del self.opened[change.key]
        if alert.pk:
            self.changed[alert.pk] = alert

    def _fire(self, change: Change) -> None:
        kind, student_id = change.key
        alert = Alert(
            session=self.progress.session,
            student_id=student_id,
            kind=kind,
            pending_at=moment(change.pending_at),
            fired_at=moment(change.at),
            figures=_class_figures(kind, change.look) if change.look else {},
        )
        self.opened[change.key] = alert
        self.new.append(alert)


def _next_piece(session: ClassSession, now: datetime) -> _Piece | None:
    """What is to be evaluated next; None if that is nothing yet. An ended session is evaluated to its very end."""
    progress = _progress(session)
    after, end = progress.until.timestamp(), progress.session.ended_at
    if end is not None:
        if progress.until >= end and not progress.states:
            return None
        after = min(after, end.timestamp())
        until = piece_end(session=progress.session, after=after, end=end.timestamp())
        is_last = until == end.timestamp()
        return _Piece(progress, after, until, is_newest=is_last, is_last=is_last)
    latest = (now.timestamp() - CLOSING_DELAY_S) // STEP_S * STEP_S
    if latest < after - CLOCK_SLACK_S:
        after = latest - STEP_S
    # Catching up after a silence goes in pieces, each a transaction.
    until = min(latest, piece_end(session=progress.session, after=after // STEP_S * STEP_S, end=latest))
    return _Piece(progress, after, until, is_newest=until == latest, is_last=False) if until > after else None


def _progress(session: ClassSession) -> AlertProgress:
    """How far the session has been evaluated, with the session as it is now."""
    known = AlertProgress.objects.select_related("session__course").filter(session=session)
    if (found := known.first()) is not None:
        return found
    AlertProgress.objects.get_or_create(session=session, defaults={"until": session.started_at})
    return known.get()


def _class_figures(kind: str, look: Look) -> dict[str, int]:
    if kind == CLASS_NEGATIVE:
        return {"negative": look.negative, "seen": look.seen}
    return {"present": look.present, "peak": look.peak} if kind == PRESENCE_LOW else {}


def _add_figures(session: ClassSession, alerts: list[Alert]) -> None:
    """The snapshots behind alerts about students, in one query for all."""
    if not alerts:
        return
    readings = Reading.objects.filter(
        session=session,
        student__in={alert.student_id for alert in alerts},
        captured_at__gt=min(alert.pending_at for alert in alerts),
        captured_at__lte=max(alert.fired_at for alert in alerts),
    ).only("student_id", "captured_at", "faces", "uncertain", "expression")
    found = list(readings)
    for alert in alerts:
        own = [
            reading
            for reading in found
            if reading.student_id == alert.student_id and alert.pending_at < reading.captured_at <= alert.fired_at
        ]
        figures = negative_figures if alert.kind == STUDENT_NEGATIVE else away_figures
        alert.figures = figures(own, round((alert.fired_at - alert.pending_at).total_seconds()))


def _seconds(at: datetime | None) -> float | None:
    return at.timestamp() if at else None
