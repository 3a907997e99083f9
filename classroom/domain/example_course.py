"""An example course with classes in the past weeks, so that a newcomer sees reports, trends and alerts at once.

Its students and their readings are invented, as the course's name and description say. The code of a real class creates
everything else, at the times of the invented class.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import ConsentText, User
from classroom.domain.attendance import join_session, leave_session, record_heartbeat, set_camera
from classroom.domain.consent.consents import grant_consent
from classroom.domain.consent.guardians import record_guardian_consent
from classroom.domain.history.rollups import rebuild_rollups
from classroom.domain.history.watermark import ALLOWED_LATENESS
from classroom.domain.markers import add_marker
from classroom.domain.self_reports import lower_hand, raise_hand, record_answer
from classroom.domain.sessions import end_session, start_session
from classroom.measures import EXPRESSIONS
from classroom.models import ClassSession, Course, Enrolment, GuardianConsent, Reading, Stay

NAME = "Statistics last term (example data)"
DESCRIPTION = "Invented students and invented readings, to show what reports look like."
JOIN_CODE = "PAST2345"
STUDENTS = (
    "Amara Adeyemi, Clara Becker, Diego Costa, Elif Yıldız, Farah Haddad, Grace Moreau, Ivan Novak, Kavya Patel, "
    "Luca Rossi, Mei Tanaka, Omar Said, Sofia Eriksen"
).split(", ")
MINUTES = 20
READING_INTERVAL_S = 4
# A face keeps an expression for about this long.
DWELL_S = 16
NO_FACE_SHARE = 0.06
UNCERTAIN_BELOW = 0.5

Weights = Mapping[str, float]
CALM: Weights = {"neutral": 66, "happy": 22, "sad": 4, "surprise": 5, "fear": 1, "angry": 1, "disgust": 1}
CHEERFUL: Weights = {"neutral": 38, "happy": 49, "sad": 3, "surprise": 7, "fear": 1, "angry": 1, "disgust": 1}
LOST: Weights = {"neutral": 15, "happy": 4, "sad": 44, "surprise": 6, "fear": 14, "angry": 14, "disgust": 3}


@dataclass(frozen=True)
class Lesson:
    """A class of the example; all times are minutes from its start."""

    topic: str
    weeks_ago: int
    mood: Weights
    # Most of the class looks lost from the first minute to the second.
    lost: tuple[int, int] = (0, 0)
    absent: tuple[str, ...] = ()
    joins: Mapping[str, int] = field(default_factory=dict)
    leaves: Mapping[str, int] = field(default_factory=dict)
    pauses_camera: Mapping[str, int] = field(default_factory=dict)
    answers: tuple[tuple[int, str, str], ...] = ()
    hands: tuple[tuple[int, str], ...] = ()
    markers: tuple[tuple[int, str], ...] = ()


LESSONS = (
    Lesson("Mean and median", 4, CALM, markers=((11, "Exercise starts"),), answers=((15, "Mei Tanaka", "all_good"),)),
    Lesson(
        "Standard deviation",
        3,
        CALM,
        lost=(8, 12),
        answers=(
            (9, "Clara Becker", "lost"),
            (9, "Omar Said", "lost"),
            (10, "Luca Rossi", "too_fast"),
            (10, "Kavya Patel", "lost"),
            (14, "Clara Becker", "all_good"),
        ),
        hands=((9, "Omar Said"), (10, "Sofia Eriksen")),
        markers=((8, "Formula on the board"), (12, "Once more, with the example of the buses")),
    ),
    Lesson(
        "Correlation",
        2,
        CALM,
        absent=("Diego Costa", "Ivan Novak"),
        joins={"Sofia Eriksen": 8},
        leaves={"Farah Haddad": 12},
        pauses_camera={"Grace Moreau": 6},
        markers=((5, "Scatter plots"),),
    ),
    Lesson(
        "Correlation is not causation",
        1,
        CHEERFUL,
        absent=("Ivan Novak",),
        answers=((6, "Elif Yıldız", "too_slow"), (7, "Amara Adeyemi", "all_good")),
        hands=((16, "Kavya Patel"),),
        markers=((10, "Discussion in pairs"),),
    ),
)


@transaction.atomic
def ensure_example_course(*, teacher: User, now: datetime) -> Course:
    """Return the teacher's example course with its past classes, which are the same each time it is created."""
    about = {"name": NAME, "description": DESCRIPTION, "simulated": True, "mode": Course.Mode.CAMERA}
    course, is_new = Course.objects.get_or_create(
        join_code=JOIN_CODE, defaults={**about, "organisation_id": teacher.organisation_id}
    )
    if is_new:
        course.teachers.add(teacher)
        students = {name: _student(name, course, teacher, now) for name in STUDENTS}
        # They joined the course before its first class, so that those who did not come count as absent.
        first = max(lesson.weeks_ago for lesson in LESSONS)
        course.enrolments.update(joined_at=now - timedelta(weeks=first, days=1))
        rng = random.Random(JOIN_CODE)  # noqa: S311
        for lesson in LESSONS:
            _hold(lesson, course, teacher, students, now=now, rng=rng)
    return course


def _student(name: str, course: Course, teacher: User, now: datetime) -> User:
    student, _ = User.objects.get_or_create(
        email=f"{name.split()[0].lower()}@example-course.invalid",
        defaults={
            "name": name,
            "role": User.Role.STUDENT,
            "password": make_password(None),
            "organisation_id": course.organisation_id,
        },
    )
    Enrolment.objects.create(course=course, student=student)
    texts = ConsentText.objects.in_organisation(course.organisation_id)
    grant_consent(student=student, course=course, version=texts.current().version, now=now)
    if settings.GUARDIAN_CONSENT_REQUIRED:
        record_guardian_consent(
            student=student,
            course=course,
            guardian="",
            how=GuardianConsent.How.OF_AGE,
            given_on=now.date(),
            administrator=teacher,
            now=now,
        )
    return student


def _hold(
    lesson: Lesson, course: Course, teacher: User, students: Mapping[str, User], *, now: datetime, rng: random.Random
) -> None:
    start = (now - timedelta(weeks=lesson.weeks_ago)).replace(minute=0, second=0, microsecond=0)
    end = start + timedelta(minutes=MINUTES)

    def at(minute: float) -> datetime:
        return start + timedelta(minutes=minute)

    session = start_session(course=course, topic=lesson.topic, now=start)
    stays: dict[str, Stay] = {}
    for name, student in students.items():
        if name not in lesson.absent:
            joins = lesson.joins.get(name, rng.uniform(0, 1.5))
            stays[name] = join_session(session=session, student=student, now=at(joins))
            set_camera(stay=stays[name], on=True, now=stays[name].joined_at)
    readings: list[Reading] = []
    for name, stay in stays.items():
        until = at(min(lesson.leaves.get(name, MINUTES), lesson.pauses_camera.get(name, MINUTES)))
        readings += _readings(lesson, session, students[name], stay.joined_at, until, rng)
    Reading.objects.bulk_create(readings, batch_size=500)
    for minute, name, answer in lesson.answers:
        record_answer(session=session, student=students[name], answer=answer, now=at(minute))
    for minute, name in lesson.hands:
        raise_hand(session=session, student=students[name], now=at(minute))
        lower_hand(session=session, student=students[name], now=at(minute + 1), by_teacher=True)
    for minute, text in lesson.markers:
        add_marker(session=session, author=teacher, text=text, at=at(minute))
    for name, minute in lesson.pauses_camera.items():
        set_camera(stay=stays[name], on=False, now=at(minute))
    for name, minute in lesson.leaves.items():
        leave_session(stay=stays[name], by_choice=True, now=at(minute))
    for stay in stays.values():
        record_heartbeat(stay=stay, now=end)
    end_session(session=session, now=end)
    rebuild_rollups(session=session, now=end + ALLOWED_LATENESS)


def _readings(
    lesson: Lesson, session: ClassSession, student: User, start: datetime, end: datetime, rng: random.Random
) -> list[Reading]:
    readings: list[Reading] = []
    expression, at = "neutral", start
    # A third of the class follows the lesson when the others are lost.
    keeps_up = rng.random() < 1 / 3
    while (at := at + timedelta(seconds=READING_INTERVAL_S)) < end:
        minute = (at - session.started_at).total_seconds() / 60
        is_lost = lesson.lost[0] <= minute < lesson.lost[1] and not keeps_up
        if rng.random() < READING_INTERVAL_S / DWELL_S:
            weights = LOST if is_lost else lesson.mood
            [expression] = rng.choices(list(weights), list(weights.values()))
        face = {"faces": 0} if rng.random() < NO_FACE_SHARE else _face(expression, rng)
        seq = len(readings) + 1
        readings.append(
            Reading(
                session=session, student=student, seq=seq, captured_at=at, received_at=at, model="example data", **face
            )
        )
    return readings


def _face(expression: str, rng: random.Random) -> dict:
    top = rng.uniform(0.45, 0.95)
    others = {name: rng.random() for name in EXPRESSIONS if name != expression}
    rest = {name: (1 - top) * part / sum(others.values()) for name, part in others.items()}
    uncertain = "flat" if top < UNCERTAIN_BELOW else ""
    box = {"box_x": 0.35, "box_y": 0.2, "box_w": 0.3, "box_h": 0.4}
    return {"faces": 1, "expression": expression, "uncertain": uncertain, **box, **rest, expression: top}
