"""Stored alerts: each course's rules, and the alerts that fired."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypedDict

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet

from accounts.models import User
from classroom.alert_rules import (
    CLASS_NEGATIVE,
    DEFAULTS,
    PRESENCE_LOW,
    STUDENT_AWAY,
    STUDENT_NEGATIVE,
    Rule,
)
from classroom.domain.alerts.messages import reason
from classroom.domain.alerts.tracker import Rules
from classroom.infra import events
from classroom.models import Alert, AlertProgress, ClassSession, Course

# A dashboard shows this many past alerts.
RECENT = 5
# A timeline marks no more than this many.
FIRED = 200
SEVERITY_ORDER = (PRESENCE_LOW, CLASS_NEGATIVE, STUDENT_NEGATIVE, STUDENT_AWAY)


class Teacher(TypedDict):
    id: int
    name: str


class AlertRow(TypedDict):
    """An alert as pages show it, with times in seconds since 1970. Without a student, it is about the class.
    `explained_by` is the id of the class's alert that it is a part of."""

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
    acknowledged_by: Teacher | None
    explained_by: int | None


class ExplainedAlert(TypedDict):
    """A student's alert within the class's alert that explains it."""

    id: int
    student: int
    name: str
    recovered_at: float | None


class CurrentAlert(AlertRow):
    """An alert of the dashboard's list; `explains` has the last explained alert of each student, by name."""

    explains: list[ExplainedAlert]


class FiredAlert(TypedDict):
    """An alert as a mark on the session's timeline; a subset of AlertRow."""

    id: int
    student: int | None
    name: str | None
    fired_at: float


def rules_for(course: Course) -> Rules:
    """Return the course's rule for each kind, or the default for a kind without one."""
    fields = ("kind", "enabled", "enter", "leave", "hold_s", "recover_s", "cooldown_s")
    return DEFAULTS | {row["kind"]: Rule(**row) for row in course.alert_rules.values(*fields)}


def save_rules(*, course: Course, rules: Iterable[Rule]) -> None:
    """Store the given rules in one transaction; rules of other kinds stay as they are."""
    with transaction.atomic():
        for rule in rules:
            settings = {name: getattr(rule, name) for name in rule.__dataclass_fields__ if name != "kind"}
            course.alert_rules.update_or_create(kind=rule.kind, defaults=settings)


def alert_row(alert: Alert) -> AlertRow:
    """Return the alert in the active language. Needs `student` and `acknowledged_by` loaded."""
    teacher = alert.acknowledged_by
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
        "acknowledged_by": {"id": teacher.pk, "name": teacher.display_name} if teacher else None,
        "explained_by": alert.explained_by_id,
    }


def alerts_for(session: ClassSession) -> QuerySet[Alert]:
    """Return the session's alerts, newest first."""
    alerts = session.alerts.shown_to_staff()
    return alerts.select_related("student", "acknowledged_by").order_by("-fired_at", "-pk")


def current_alerts(*, session: ClassSession) -> list[CurrentAlert]:
    """Return the open alerts (at most one of a kind for each student) and the last few past ones, without those that
    another explains, in the order in which they need attention."""
    last = ("-recovered_at", F("student").asc(nulls_first=True), "-fired_at", "-pk")
    by_themselves = session.alerts.shown_to_staff().filter(explained_by=None)
    over = by_themselves.exclude(recovered_at=None).order_by(*last).values("pk")[:RECENT]
    # A past alert is shown as long as it explains an open one.
    explains = session.alerts.open().exclude(explained_by=None).order_by().values("explained_by")
    shown = list(
        alerts_for(session).filter(Q(recovered_at=None, explained_by=None) | Q(pk__in=over) | Q(pk__in=explains))
    )
    explained = _explained_alerts([alert.pk for alert in shown if alert.kind == CLASS_NEGATIVE])
    rows: list[CurrentAlert] = [{**alert_row(alert), "explains": explained[alert.pk]} for alert in shown]
    return sorted(rows, key=_attention)


def _attention(row: AlertRow) -> tuple[int, int, float]:
    """Sort open alerts that nobody has acknowledged first, then other open ones, then past ones. Open ones are sorted
    by gravity, then all newest first."""
    if row["recovered_at"] is not None:
        return 2, 0, -row["recovered_at"]
    return int(row["acknowledged_at"] is not None), SEVERITY_ORDER.index(row["kind"]), -row["fired_at"]


def _explained_alerts(class_alerts: Sequence[int]) -> defaultdict[int, list[ExplainedAlert]]:
    """Return the alerts that each of the given ones explains: the last of each student, by name. One query."""
    explained: defaultdict[int, list[ExplainedAlert]] = defaultdict(list)
    if not class_alerts:
        return explained
    of_students = Alert.objects.shown_to_staff().filter(explained_by__in=class_alerts)
    each_student = of_students.order_by().values("explained_by", "student")
    last = Alert.objects.filter(pk__in=each_student.annotate(last=Max("pk")).values("last"))
    fields = ("explained_by", "pk", "student", "student__display_name", "recovered_at")
    for class_alert, pk, student, name, recovered_at in last.order_by("student__sort_key", "pk").values_list(*fields):
        explained[class_alert].append(
            {"id": pk, "student": student, "name": name, "recovered_at": _seconds(recovered_at)}
        )
    return explained


def fired_alerts(*, session: ClassSession) -> list[FiredAlert]:
    """Return the last FIRED alerts of the session that no other explains: those about the class, then those about
    students, each oldest first."""
    by_themselves = session.alerts.shown_to_staff().filter(explained_by=None)
    rows = by_themselves.order_by(F("student").asc(nulls_first=True), "-fired_at", "-pk")
    fields = ("pk", "student_id", "student__display_name", "fired_at")
    found = sorted(rows.values_list(*fields)[:FIRED], key=lambda row: (row[3], row[0]))
    return [{"id": pk, "student": student, "name": name, "fired_at": at.timestamp()} for pk, student, name, at in found]


def acknowledge(*, alert: Alert, teacher: User, now: datetime) -> bool:
    """Record that the teacher has seen the alert, and with it those that it explains. Return False if all of them were
    acknowledged already."""
    seen = Alert.objects.filter(Q(pk=alert.pk) | Q(explained_by=alert.pk))
    return _acknowledge(seen, session_id=alert.session_id, teacher=teacher, now=now) > 0


def acknowledge_all(
    *, session: ClassSession, newest: int, teacher: User, now: datetime, kind: str | None = None
) -> int:
    """Acknowledge the open alerts up to the one with the id `newest`, because the teacher has not seen later ones. With
    a kind, acknowledge only those of that kind that no other explains."""
    seen = Alert.objects.open().filter(session=session, pk__lte=newest)
    seen = seen.filter(kind=kind, explained_by=None) if kind else seen
    return _acknowledge(seen, session_id=session.pk, teacher=teacher, now=now)


def _acknowledge(seen: QuerySet[Alert], *, session_id: int, teacher: User, now: datetime) -> int:
    count = seen.filter(acknowledged_at=None).update(acknowledged_at=now, acknowledged_by=teacher)
    if count:
        events.publish_alerts(session_id)
    return count


def forget_alerts(*, student: User) -> None:
    """Delete the alerts about the student, and the state of those that have not fired: both come from their face."""
    alerts = Alert.objects.filter(student=student)
    running = list(alerts.filter(session__ended_at=None).order_by().values_list("session_id", flat=True).distinct())
    alerts.delete()
    followed = AlertProgress.objects.filter(session__ended_at=None, session__attendances__student=student)
    for progress in followed.select_for_update(of=("self",)):
        states = progress.states.get("states", {})
        progress.states["states"] = {key: state for key, state in states.items() if not key.endswith(f":{student.pk}")}
        progress.states.get("explained", {}).pop(str(student.pk), None)
        # Changing `until` makes an evaluation in progress, which may have read the student, give up.
        progress.until -= timedelta(milliseconds=1)
        progress.save(update_fields=["states", "until"])
    for session_id in running:
        transaction.on_commit(partial(events.publish_alerts, session_id))


def _seconds(at: datetime | None) -> float | None:
    return at.timestamp() if at else None
