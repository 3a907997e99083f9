"""Accounts for a simulated class, on servers that allow it (SIMULATION_ALLOWED)."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import transaction

from accounts.models import User
from classroom.domain.courses import course_with_code
from classroom.domain.permissions import SIMULATED_ADDRESS
from classroom.domain.sessions import SessionAlreadyRunning, end_session, start_session
from classroom.models import ClassSession, Course

MAX_STUDENTS = 1000
TICKET_SALT = "classroom.simulation"
FIRST_NAMES = (
    "Ada Amara Ana Arjun Ben Chen Clara Diego Elif Emma Farah Finn Grace Hana Ines Ivan Jonas Kavya Kofi Lena "
    "Leo Lina Luca Maya Mei Mila Nils Noor Omar Priya Rosa Sami Sofia Tariq Uma Viktor Wei Yara Yuki Zoe"
).split()
LAST_NAMES = (
    "Adeyemi Becker Costa Dubois Eriksen Fischer García Haddad Ito Jansen Kumar Lindqvist Moreau Novak Okafor "
    "Patel Quispe Rossi Schmidt Tanaka"
).split()


class NotSimulated(PermissionError):
    """The course is one of real people."""


@dataclass(frozen=True)
class Simulation:
    """The credentials of a simulated class; `ticket` ends it."""

    session: ClassSession
    password: str
    teacher: str
    students: list[str]
    ticket: str


def start_simulation(*, students: int, join_code: str, keep: bool, now: datetime) -> Simulation:
    """Create a teacher, students and a running session, in the simulated course with the code or in a new one.

    Raises UnknownJoinCode or NotSimulated.
    """
    run = secrets.token_hex(4)
    password = secrets.token_urlsafe(16)
    with transaction.atomic():
        is_new = not join_code
        name = f"Simulation {run}"
        course = Course.objects.create(name=name, simulated=True) if is_new else course_with_code(join_code)
        if not course.simulated:
            raise NotSimulated
        # The same students return to a course with a code; a new course gets new students.
        users = _make_users(students, run if is_new else f"course-{course.pk}", password)
        teacher = users[0]
        course.teachers.add(teacher)
    try:
        session = start_session(course=course, topic=f"Simulated class {run}", now=now)
        is_ours = True
    except SessionAlreadyRunning as error:
        session, is_ours = error.session, False
    ticket = {
        "session": session.pk if is_ours else None,
        "course": course.pk if is_new and not keep else None,
        "users": [teacher.pk] if keep else [user.pk for user in users],
    }
    return Simulation(
        session=session,
        password=password,
        teacher=teacher.email,
        students=[user.email for user in users[1:]],
        ticket=signing.dumps(ticket, salt=TICKET_SALT),
    )


def end_simulation(*, ticket: str, now: datetime) -> None:
    """End the session that the simulation started and delete all that it created. Raises signing.BadSignature."""
    made = signing.loads(ticket, salt=TICKET_SALT)
    session = ClassSession.objects.filter(pk=made["session"]).first()
    if session:
        end_session(session=session, now=now)
    # The course goes first, so that little is left to delete with each student.
    Course.objects.filter(pk=made["course"]).delete()
    User.objects.filter(pk__in=made["users"]).delete()


def _make_users(students: int, prefix: str, password: str) -> list[User]:
    """The teacher, then the students. All share one password hash, since hashing is slow on purpose."""
    roles = [User.Role.TEACHER] + [User.Role.STUDENT] * students
    wanted = {f"{prefix}-{number}{SIMULATED_ADDRESS}": (number, role) for number, role in enumerate(roles)}
    hashed = make_password(password)
    User.objects.filter(email__in=wanted).update(password=hashed)
    known = set(User.objects.filter(email__in=wanted).values_list("email", flat=True))
    User.objects.bulk_create(
        User(email=email, name=_name(number), role=role, password=hashed)
        for email, (number, role) in wanted.items()
        if email not in known
    )
    return sorted(User.objects.filter(email__in=wanted), key=lambda user: wanted[user.email])


def _name(number: int) -> str:
    if number == 0:
        return "Simulated teacher"
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    last = LAST_NAMES[(number * 7 + number // len(FIRST_NAMES)) % len(LAST_NAMES)]
    return f"{first} {last}"
