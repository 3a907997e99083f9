"""Events of a session with alerts: students come and leave, snapshots are read, the class is evaluated."""

from datetime import datetime, timedelta

from accounts.models import User
from classroom.alert_rules import Rule
from classroom.domain.alerts.evaluation import evaluate_alerts
from classroom.domain.alerts.records import save_rules
from classroom.models import Alert, Attendance, ClassSession, Enrolment, Reading, Stay
from tests import factories
from tests.factories import NOW, shares

QUICK = Rule("student_negative", True, enter=0.6, leave=0.4, hold_s=20, recover_s=10, cooldown_s=60)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def quick_session() -> ClassSession:
    """A session in whose course the alert about a student's negative expressions fires sooner than usual."""
    made = factories.session()
    save_rules(course=made.course, rules=[QUICK])
    return made


def present(session: ClassSession, name: str = "") -> User:
    student = factories.student_of(session.course, name)
    made, _ = Attendance.objects.get_or_create(
        session=session, student=student, defaults={"camera": "on", "changed_at": NOW}
    )
    Stay.objects.create(attendance=made, joined_at=NOW, last_seen_at=later(3600))
    return student


def present_class(session: ClassSession, count: int) -> list[User]:
    """Like `present` for this many students, with one query per kind of row."""
    names = [f"Student {number:03}" for number in range(count)]
    about = {"role": "student", "organisation": session.course.organisation}
    students = [User(email=f"{name[-3:]}@example.org", name=name, display_name=name, **about) for name in names]
    for student in students:
        student.normalise_name()
    User.objects.bulk_create(students)
    Enrolment.objects.bulk_create(Enrolment(course=session.course, student=student) for student in students)
    attendances = Attendance.objects.bulk_create(
        Attendance(session=session, student=student, camera="on", changed_at=NOW) for student in students
    )
    Stay.objects.bulk_create(Stay(attendance=made, joined_at=NOW, last_seen_at=later(3600)) for made in attendances)
    return students


def leave(student: User, after_s: float) -> None:
    Stay.objects.filter(attendance__student=student, left_at=None).update(left_at=later(after_s))


def read(session: ClassSession, student: User, expression: str, from_s: int, to_s: int, **fields) -> None:
    """Add a reading for every two seconds in [from_s, to_s)."""
    face = {"faces": 1, "expression": expression, **shares(expression, 0.9)} if expression else {"faces": 0}
    Reading.objects.bulk_create(
        Reading(
            session=session,
            student=student,
            seq=second,
            captured_at=later(second + 1),
            received_at=later(second + 1),
            model="test",
            **face | fields,
        )
        for second in range(from_s, to_s, 2)
    )


def live(session: ClassSession, until_s: int, every_s: int = 3) -> None:
    """Evaluate repeatedly, as activity in the class does."""
    for second in range(0, until_s + 1, every_s):
        evaluate_alerts(session=session, now=later(second))


def times_of(alert: Alert) -> tuple:
    moments = (alert.pending_at, alert.fired_at, alert.recovered_at)
    return tuple(at and (at - NOW).total_seconds() for at in moments)
