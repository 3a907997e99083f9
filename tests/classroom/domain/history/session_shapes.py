"""Sessions of every unusual shape, from seeded randomness; tests recompute their figures from the rows."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accounts.models import User
from classroom.domain.sessions import end_session
from classroom.measures import EXPRESSIONS
from classroom.models import Attendance, ClassSession, Enrolment, Reading, SelfReport, Stay
from tests import factories
from tests.factories import NOW

NAMES = ["Ada Lovelace", "مريم الخوارزمي", "👩‍🔬 Zoë", "=1+1", "Ünal Şahin", "\u202eabc", "李小龙", "Q" * 100]


@dataclass(frozen=True)
class Shape:
    """Halfway through, the clock is set back by `jumps_back_s`."""

    students: int = 3
    seconds: int = 300
    starts: datetime = datetime(2026, 11, 2, 10, 0, 37, 412_000, tzinfo=UTC)
    jumps_back_s: int = 0
    has_readings: bool = True
    closes_itself: bool = False
    every_s: int = 5


SHAPES = {
    "nobody": Shape(students=0),
    "one": Shape(students=1),
    "three": Shape(),
    "without a reading": Shape(has_readings=False),
    "across midnight": Shape(starts=datetime(2026, 11, 2, 23, 58, 3, tzinfo=UTC)),
    "across the end of summer time": Shape(starts=datetime(2026, 10, 25, 0, 57, 1, 999_000, tzinfo=UTC)),
    "clock set back": Shape(jumps_back_s=100),
    "clock set back before the start": Shape(jumps_back_s=210),
    "closed itself": Shape(closes_itself=True),
    "seconds long": Shape(seconds=7),
    "large": Shape(students=300, seconds=30, every_s=15),
}


def session_of_shape(shape: Shape, seed: int) -> ClassSession:
    """A running session that already has all its rows."""
    rng = random.Random(seed)
    session = factories.session(started_at=shape.starts)
    students = User.objects.bulk_create(
        User(email=f"odd{n}@example.org", name=NAMES[n % len(NAMES)], role="student") for n in range(shape.students)
    )
    Enrolment.objects.bulk_create(Enrolment(course=session.course, student=each) for each in students)
    Enrolment.objects.filter(course=session.course).update(joined_at=shape.starts)
    attendances = Attendance.objects.bulk_create(
        Attendance(session=session, student=each, camera="on", changed_at=shape.starts) for each in students
    )
    Stay.objects.bulk_create(stay for each in attendances for stay in _stays(each, shape, rng))
    if shape.has_readings:
        Reading.objects.bulk_create(reading for each in students for reading in _readings(session, each, shape, rng))
    SelfReport.objects.bulk_create(
        SelfReport(session=session, student=each, answer=rng.choice(SelfReport.Answer.values), at=_at(shape, second))
        for each in students
        for second in range(rng.randrange(5, 60), shape.seconds, rng.choice([6, 90, 200]))
    )
    return session


def random_face(rng: random.Random, uncertain: list[str], *, without_face: float, exponent: float = 1) -> dict:
    """The fields of a reading: without a face at the given rate, otherwise with random shares."""
    if rng.random() < without_face:
        return {"faces": 0, "expression": ""}
    weights = [rng.random() ** exponent for _ in EXPRESSIONS]
    shares = {name: weight / sum(weights) for name, weight in zip(EXPRESSIONS, weights, strict=True)}
    dominant = max(shares, key=shares.__getitem__)
    return {"faces": 1, "expression": dominant, "uncertain": rng.choice(uncertain), **shares}


def later(seconds):
    return NOW + timedelta(seconds=seconds)


def add_students(session, count=3, seconds=600, seed=1):
    """Add students with readings of every kind at irregular times; returns them."""
    rng = random.Random(seed)
    students = []
    for number in range(count):
        student = factories.student_of(session.course, f"Student {number}")
        factories.attendance(session, student, left_at=later(seconds - 20 * number))
        for at in range(number, seconds, 7):
            face_at = at + rng.random()
            face = random_face(rng, ["", "", "", "flat"], without_face=0.2)
            factories.reading(session, student, after_s=face_at, **face)
        students.append(student)
    return students


def end(session, after_s=600):
    end_session(session=session, now=later(after_s))
    session.refresh_from_db()


def _at(shape: Shape, second: float) -> datetime:
    """To the millisecond, as snapshots are."""
    back = shape.jumps_back_s if second > shape.seconds / 2 else 0
    return shape.starts + timedelta(milliseconds=round((second - back) * 1000))


def _stays(attendance: Attendance, shape: Shape, rng: random.Random) -> list[Stay]:
    """One to three, each after the other by the students' own clock; some have no known end."""
    cuts = sorted(rng.uniform(0, shape.seconds) for _ in range(2 * rng.randrange(1, 4)))
    spans = []
    for first, last in zip(cuts[::2], cuts[1::2], strict=True):
        start = _at(shape, first)
        spans.append((start, max(start, _at(shape, last))))
    if rng.random() < 0.2:  # a second device takes over at once
        start, end = spans[-1]
        middle = start + (end - start) / 2
        spans[-1:] = [(start, middle), (middle, end)]
    stays = [Stay(attendance=attendance, joined_at=start, last_seen_at=end, left_at=end) for start, end in spans]
    if shape.closes_itself or rng.random() < 0.2:
        stays[-1].left_at = None
    return stays


def _readings(session: ClassSession, student: User, shape: Shape, rng: random.Random) -> list[Reading]:
    readings = []
    for number, second in enumerate(range(rng.randrange(shape.every_s), shape.seconds, shape.every_s)):
        at = _at(shape, min(second + rng.random() * shape.every_s, shape.seconds - 0.001))
        delay = timedelta(seconds=rng.choice([0, 0, 1, 200]), microseconds=number)
        face = random_face(rng, ["", "", "", "flat", "too_dark"], without_face=0.25, exponent=3)
        readings.append(
            Reading(
                session=session,
                student=student,
                seq=number,
                captured_at=at,
                received_at=at + delay,
                model="test",
                **face,
            )
        )
    return readings
