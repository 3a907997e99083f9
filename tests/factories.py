"""Builds real rows for tests, the way the product creates them."""

import itertools
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from accounts.api_tokens.lifecycle import create_token
from accounts.models import ConsentText, Organisation, Scope, User
from accounts.organisations.creation import create_organisation
from classroom.domain.consent.consents import grant_consent
from classroom.domain.history.rollups import roll_up
from classroom.domain.markers import add_marker
from classroom.domain.self_reports import raise_hand, record_answer
from classroom.domain.sessions import end_session
from classroom.models import (
    Alert,
    Attendance,
    ClassSession,
    Course,
    Enrolment,
    GuardianConsent,
    PastEnrolment,
    Reading,
    Stay,
)
from emotions.labels import EXPRESSIONS

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
PASSWORD = "a long enough password"
_number = itertools.count(1)


def user(role: str = "student", name: str = "", **fields) -> User:
    number = next(_number)
    if role == "administrator":
        fields = {"is_superuser": True} | fields
    return User.objects.create_user(
        f"{role}{number}@example.org", PASSWORD, name=name or f"{role.title()} {number}", role=role, **fields
    )


def teacher(name: str = "", **fields) -> User:
    return user("teacher", name, **fields)


def organisation(name: str = "") -> Organisation:
    return create_organisation(name=name or f"School {next(_number)}")


def course(*teachers: User, **fields) -> Course:
    """A course with the camera, unless the fields name another mode, in its teachers' organisation or that of the
    fields."""
    staff = teachers or [teacher(**{name: fields[name] for name in ("organisation",) if name in fields})]
    about = {"name": f"Course {next(_number)}", "mode": Course.Mode.CAMERA, "organisation": staff[0].organisation}
    made = Course.objects.create(**about | fields)
    made.teachers.add(*staff)
    return made


def student_of(course: Course, name: str = "", *, consents: bool = True) -> User:
    student = user("student", name, organisation=course.organisation)
    Enrolment.objects.create(course=course, student=student)
    if consents:
        consent(student, course)
    return student


def past_enrolment(course: Course, student: User, *, joined_at: datetime, left_at: datetime, removed: bool = True):
    times = {"joined_at": joined_at, "left_at": left_at}
    return PastEnrolment.objects.create(course=course, student=student, removed=removed, **times)


def assistant_of(course: Course, name: str = "", role: str = "student") -> User:
    assistant = user(role, name, organisation=course.organisation)
    course.assistants.add(assistant)
    return assistant


def consent(student: User, course: Course, *, now: datetime = NOW) -> None:
    """Make the student agree to the current text in the course."""
    texts = ConsentText.objects.in_organisation(course.organisation_id)
    grant_consent(student=student, course=course, version=texts.current().version, now=now)


def guardian_consent(student: User, **fields) -> GuardianConsent:
    """A guardian's consent as an administrator recorded it, for all courses unless the fields name one."""
    about = {"guardian": "Parent", "how": "letter", "given_on": NOW.date(), "recorded_at": NOW}
    return GuardianConsent.objects.create(student=student, **about | fields)


def api_token(user: User, *scopes: Scope, lifetime: timedelta = timedelta(days=30)) -> str:
    """The text of a token that the user may use now; with all scopes unless some are named."""
    made = create_token(user=user, name="Office", scopes=scopes or tuple(Scope), lifetime=lifetime, now=timezone.now())
    return made[1]


def session(in_course: Course | None = None, *, started_at: datetime = NOW, ended_at: datetime | None = None):
    return ClassSession.objects.create(
        course=in_course or course(), topic="Means", started_at=started_at, ended_at=ended_at
    )


def attendance(
    of: ClassSession, student: User, *, camera: str = "on", joined_at: datetime = NOW, left_at: datetime | None = None
) -> Attendance:
    made, _ = Attendance.objects.get_or_create(
        session=of, student=student, defaults={"camera": camera, "changed_at": joined_at}
    )
    Stay.objects.create(attendance=made, joined_at=joined_at, last_seen_at=left_at or joined_at, left_at=left_at)
    return made


def shares(expression: str, share: float = 0.7) -> dict[str, float]:
    rest = (1 - share) / (len(EXPRESSIONS) - 1)
    return {name: share if name == expression else rest for name in EXPRESSIONS}


def reading(of: ClassSession, student: User, *, after_s: float, expression: str = "happy", **fields) -> Reading:
    """A reading `after_s` seconds into the session; an empty expression means a snapshot without a face."""
    at = of.started_at + timedelta(seconds=after_s)
    face = {"faces": 1, "expression": expression, **shares(expression)} if expression else {"faces": 0}
    made = Reading.objects.create(
        session=of,
        student=student,
        seq=fields.pop("seq", int(after_s) + 1),
        captured_at=at,
        received_at=at,
        model="test",
        **face | fields,
    )
    Attendance.objects.filter(session=of, student=student).update(latest_reading=made)
    return made


def full_session(in_course: Course | None = None) -> ClassSession:
    """An ended session with two students' readings and answers, a raised hand, a marker and an alert, rolled up."""
    made, minute = session(in_course), timedelta(minutes=1)
    for _ in range(2):
        student = student_of(made.course)
        attendance(made, student, left_at=NOW + 8 * minute)
        for after_s in (5, 15, 25):
            reading(made, student, after_s=after_s)
        record_answer(session=made, student=student, answer="lost", now=NOW + minute)
    raise_hand(session=made, student=student, now=NOW + minute)
    add_marker(session=made, author=made.course.teachers.first(), text="Exercise", at=NOW + minute)
    Alert.objects.create(
        session=made,
        kind="presence_low",
        pending_at=NOW,
        fired_at=NOW + minute,
        figures={"present": 1, "peak": 2},
    )
    end_session(session=made, now=NOW + 10 * minute)
    made.refresh_from_db()
    roll_up(session=made, now=NOW + 20 * minute)
    return made
