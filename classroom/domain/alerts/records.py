"""Stored alerts: each course's rules, and the alerts that fired."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import TypedDict

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.models import User
from classroom.alert_rules import DEFAULTS, Rule
from classroom.domain.alerts.messages import reason
from classroom.domain.alerts.tracker import Rules
from classroom.infra import events
from classroom.models import Alert, AlertProgress, ClassSession, Course

# A dashboard shows this many of the alerts that are over.
RECENT = 5
# A timeline marks no more than this many.
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


def rules_for(course: Course) -> Rules:
    """Return the course's rule for each kind; the default for a kind without one."""
    fields = ("kind", "enabled", "enter", "leave", "hold_s", "recover_s", "cooldown_s")
    return DEFAULTS | {row["kind"]: Rule(**row) for row in course.alert_rules.values(*fields)}


def save_rules(*, course: Course, rules: Iterable[Rule]) -> None:
    """Store the given rules in one transaction; rules of other kinds stay as they are."""
    with transaction.atomic():
        for rule in rules:
            settings = {name: getattr(rule, name) for name in rule.__dataclass_fields__ if name != "kind"}
            course.alert_rules.update_or_create(kind=rule.kind, defaults=settings)


def alert_row(alert: Alert) -> AlertRow:
    """Return the alert in the language in force. Needs `student` loaded."""
    return {
        "id": alert.pk,
        "kind": alert.kind,
        "student": alert.student_id,
        "name": alert.student.display_name if alert.student else None,
        "reason": reason(alert),
        "since": alert.pending_at.timestamp(),
        "fired_at": alert.fired_at.timestamp(),
        "recovering_at": _seconds(alert.recovering_at),
        "recovered_at": _seconds(alert.recovered_at),
        "acknowledged_at": _seconds(alert.acknowledged_at),
    }


def alerts_for(session: ClassSession) -> QuerySet[Alert]:
    """Return the session's alerts, newest first."""
    return session.alerts.select_related("student").order_by("-fired_at", "-pk")


def current_alerts(*, session: ClassSession) -> list[AlertRow]:
    """Return the open alerts (at most one of a kind for each student) and the last few that are over, newest first. If
    many were over at the same time, those about the class come before those about students."""
    last = ("-recovered_at", F("student").asc(nulls_first=True), "-fired_at", "-pk")
    over = session.alerts.exclude(recovered_at=None).order_by(*last).values("pk")[:RECENT]
    shown = alerts_for(session).filter(Q(recovered_at=None) | Q(pk__in=over))
    return [alert_row(alert) for alert in shown]


def fired_alerts(*, session: ClassSession) -> list[FiredAlert]:
    """Return the last FIRED alerts of the session, those about the class before those about students, oldest first."""
    rows = session.alerts.order_by(F("student").asc(nulls_first=True), "-fired_at", "-pk")
    fields = ("pk", "student_id", "student__display_name", "fired_at")
    found = sorted(rows.values_list(*fields)[:FIRED], key=lambda row: (row[3], row[0]))
    return [{"id": pk, "student": student, "name": name, "fired_at": at.timestamp()} for pk, student, name, at in found]


def acknowledge(*, alert: Alert, teacher: User, now: datetime) -> bool:
    """Record that the teacher has seen the alert. False if somebody had acknowledged it already."""
    fresh = Alert.objects.filter(pk=alert.pk, acknowledged_at=None)
    if not fresh.update(acknowledged_at=now, acknowledged_by=teacher):
        return False
    events.publish_alerts(alert.session_id)
    return True


def forget_alerts(*, student: User) -> None:
    """Delete the alerts about the student, and the state of those that have not fired: both come from their face."""
    alerts = Alert.objects.filter(student=student)
    running = list(alerts.filter(session__ended_at=None).order_by().values_list("session_id", flat=True).distinct())
    alerts.delete()
    followed = AlertProgress.objects.filter(session__ended_at=None, session__attendances__student=student)
    for progress in followed.select_for_update(of=("self",)):
        states = progress.states.get("states", {})
        progress.states["states"] = {key: state for key, state in states.items() if not key.endswith(f":{student.pk}")}
        # A changed `until` makes an evaluation under way, which may have read the student, give up.
        progress.until -= timedelta(milliseconds=1)
        progress.save(update_fields=["states", "until"])
    for session_id in running:
        transaction.on_commit(partial(events.publish_alerts, session_id))


def _seconds(at: datetime | None) -> float | None:
    return at.timestamp() if at else None
