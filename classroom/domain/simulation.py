"""Accounts for a simulated class, on servers that allow it (SIMULATION_ALLOWED)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime

from accounts.browser_sessions.expiry import delete_sessions_of
from accounts.models import User
from classroom.domain.courses.joining import course_with_code
from classroom.domain.history.rollups import rebuild_rollups
from classroom.domain.permissions import SIMULATED_ADDRESS
from classroom.domain.sessions import SessionAlreadyRunning, delete_session, end_session, start_session
from classroom.infra import events
from classroom.models import (
    Alert,
    Attendance,
    ClassSession,
    Course,
    Enrolment,
    GuardianConsent,
    RaisedHand,
    Reading,
    Removal,
    SelfReport,
    SimulatedClass,
)

MAX_STUDENTS = 1000
TICKET_SALT = "classroom.simulation"
# A program reports every ten seconds that it is alive. Under a load test, some reports come late.
ABANDONED_AFTER = timedelta(minutes=2)
FIRST_NAMES = (
    "Ada Amara Ana Arjun Ben Chen Clara Diego Elif Emma Farah Finn Grace Hana Ines Ivan Jonas Kavya Kofi Lena "
    "Leo Lina Luca Maya Mei Mila Nils Noor Omar Priya Rosa Sami Sofia Tariq Uma Viktor Wei Yara Yuki Zoe"
).split()
LAST_NAMES = (
    "Adeyemi Becker Costa Dubois Eriksen Fischer García Haddad Ito Jansen Kumar Lindqvist Moreau Novak Okafor "
    "Patel Quispe Rossi Schmidt Tanaka"
).split()


class NotSimulated(PermissionError):
    """The course has real people."""


class SimulationOver(LookupError):
    """The class has ended, because its program was silent for ABANDONED_AFTER."""


@dataclass(frozen=True)
class Simulation:
    """The people of a simulated class, who share a password. `ticket` names the class in the calls below."""

    session: ClassSession
    password: str
    teacher: User
    students: list[User]
    ticket: str


def start_simulation(*, students: int, join_code: str, now: datetime, topic: str = "") -> Simulation:
    """Create a teacher, students and a running session, in the simulated course with the code or in a new one.

    Raises UnknownJoinCode, NotSimulated or CourseIsArchived.
    """
    run = secrets.token_hex(4)
    password = secrets.token_urlsafe(16)
    hashed = make_password(password)  # once, since hashing is slow on purpose
    with transaction.atomic():
        course = _course_of(join_code, now)
        try:
            session = start_session(course=course, topic=topic or "Simulated class", now=now)
            started_session = True
        except SessionAlreadyRunning as error:
            session, started_session = error.session, False
        simulated = SimulatedClass.objects.create(
            session=session, started_session=started_session, new_course=None if join_code else course, heard_at=now
        )
        # The same students return to a course with a code. A new course gets new students.
        prefix = f"course-{course.pk}" if join_code else run
        people = _ensure_students(simulated, course, prefix, students, hashed)
        simulated.teacher = User.objects.create(
            email=f"{run}-teacher{SIMULATED_ADDRESS}",
            name="Simulated teacher",
            role=User.Role.TEACHER,
            password=hashed,
            organisation_id=course.organisation_id,
        )
        simulated.save()
        course.teachers.add(simulated.teacher)
        # This includes those whom a teacher has removed since an earlier class.
        Removal.objects.filter(course=course, student__in=people).delete()
        Enrolment.objects.bulk_create(
            [Enrolment(course=course, student=each) for each in people], ignore_conflicts=True
        )
        if settings.GUARDIAN_CONSENT_REQUIRED:
            _note_that_of_age(people, course, now)
    ticket = signing.dumps(simulated.pk, salt=TICKET_SALT)
    return Simulation(session, password, simulated.teacher, people, ticket)


def renew_simulation(*, ticket: str, now: datetime) -> None:
    """Note that the simulated class's program is alive. Raises signing.BadSignature or SimulationOver."""
    if not SimulatedClass.objects.filter(pk=signing.loads(ticket, salt=TICKET_SALT)).update(heard_at=now):
        raise SimulationOver


def end_simulation(*, ticket: str, keep: bool, now: datetime) -> None:
    """End the session that the simulation started and delete everything it created. `keep` leaves the course, the
    students and the session with its readings. Nothing happens if it is over. Raises signing.BadSignature."""
    simulated = SimulatedClass.objects.filter(pk=signing.loads(ticket, salt=TICKET_SALT)).first()
    if simulated:
        _end(simulated, keep=keep, now=now)


def end_abandoned_simulations(*, now: datetime) -> int:
    """End the simulated classes that were silent for ABANDONED_AFTER, and keep nothing. Returns how many."""
    abandoned = list(SimulatedClass.objects.filter(heard_at__lt=now - ABANDONED_AFTER))
    for simulated in abandoned:
        _end(simulated, keep=False, now=now)
    return len(abandoned)


def _course_of(join_code: str, now: datetime) -> Course:
    if not join_code:
        name = f"Simulated course of {date_format(localtime(now), 'j F Y, H:i')}"
        return Course.objects.create(name=name, simulated=True, mode=Course.Mode.CAMERA)
    course = course_with_code(join_code)
    if not course.simulated:
        raise NotSimulated
    return course


def _ensure_students(simulated: SimulatedClass, course: Course, prefix: str, count: int, password: str) -> list[User]:
    """Create the students that no earlier simulation has left behind, and give all of them the hashed password."""
    wanted = [f"{prefix}-{number}{SIMULATED_ADDRESS}" for number in range(1, count + 1)]
    returned = User.objects.filter(email__in=wanted)
    returned.update(password=password)
    simulated.returned_students.set(returned)
    known = {user.email for user in returned}
    User.objects.bulk_create(
        User(
            email=email,
            name=_name(number),
            role=User.Role.STUDENT,
            password=password,
            organisation_id=course.organisation_id,
        )
        for number, email in enumerate(wanted, 1)
        if email not in known
    )
    people = {user.email: user for user in User.objects.filter(email__in=wanted)}
    simulated.new_students.set(user for email, user in people.items() if email not in known)
    return [people[email] for email in wanted]


def _note_that_of_age(students: list[User], course: Course, now: datetime) -> None:
    """Their cameras could not be read otherwise, because they have no guardians."""
    noted = set(GuardianConsent.objects.in_force().covering(course).values_list("student", flat=True))
    about: Any = {"course": course, "how": GuardianConsent.How.OF_AGE, "given_on": now.date(), "recorded_at": now}
    GuardianConsent.objects.bulk_create(
        GuardianConsent(student=student, **about) for student in students if student.pk not in noted
    )


def _end(simulated: SimulatedClass, *, keep: bool, now: datetime) -> None:
    """Each step can be repeated, and the row goes last: the next server removes what a killed one leaves behind."""
    session, returned, new = simulated.session, simulated.returned_students.all(), simulated.new_students.all()
    if session and simulated.started_session:
        end_session(session=session, now=now)
    # Nobody can sign in as the people who stay.
    ids = [user.pk for user in (*returned, *new)]
    User.objects.filter(pk__in=ids).update(password=make_password(None))
    delete_sessions_of([*ids, simulated.teacher.pk] if simulated.teacher else ids)
    if not keep:
        if session and simulated.started_session:
            session.refresh_from_db()
            delete_session(session=session)
        elif session:
            _remove_from_session(session, list(returned), now)
        # The course goes first, so that little is left to delete with each student.
        if simulated.new_course:
            simulated.new_course.delete()
        new.delete()
    if simulated.teacher:
        simulated.teacher.delete()
    simulated.delete()


def _remove_from_session(session: ClassSession, students: list[User], now: datetime) -> None:
    """Remove what the students did in a session that goes on without them."""
    for model in (Attendance, Reading, SelfReport, RaisedHand, Alert):
        model.objects.filter(session=session, student__in=students).delete()
    rebuild_rollups(session=session, now=now)
    events.publish_class_changed(session.pk)


def _name(number: int) -> str:
    """Return a unique name for each of the first 800 students."""
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    last = LAST_NAMES[(number * 7 + number // len(FIRST_NAMES)) % len(LAST_NAMES)]
    return f"{first} {last}"
