"""Sessions of every odd shape, from seeded chance; tests recompute their figures from the rows."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accounts.models import User
from classroom.measures import EXPRESSIONS
from classroom.models import Attendance, ClassSession, Enrolment, Reading, SelfReport, Stay
from tests import factories

NAMES = ["Ada Lovelace", "مريم الخوارزمي", "👩‍🔬 Zoë", "=1+1", "Ünal Şahin", "\u202eabc", "李小龙", "Q" * 100]


@dataclass(frozen=True)
class Shape:
    """`jumps_back_s`: half-way the clock is set back by this much."""

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


def odd_session(shape: Shape, seed: int) -> ClassSession:
    """Running still, with every row it will have."""
    chance = random.Random(seed)
    session = factories.session(started_at=shape.starts)
    people = [
        User(email=f"odd{n}@example.org", name=NAMES[n % len(NAMES)], role="student") for n in range(shape.students)
    ]
    students = User.objects.bulk_create(people)
    Enrolment.objects.bulk_create(Enrolment(course=session.course, student=each) for each in students)
    Enrolment.objects.filter(course=session.course).update(joined_at=shape.starts)
    attendances = Attendance.objects.bulk_create(
        Attendance(session=session, student=each, camera="on", changed_at=shape.starts) for each in students
    )
    Stay.objects.bulk_create(stay for each in attendances for stay in _stays(each, shape, chance))
    if shape.has_readings:
        Reading.objects.bulk_create(reading for each in students for reading in _readings(session, each, shape, chance))
    SelfReport.objects.bulk_create(
        SelfReport(session=session, student=each, answer=chance.choice(SelfReport.Answer.values), at=_at(shape, second))
        for each in students
        for second in range(chance.randrange(5, 60), shape.seconds, chance.choice([6, 90, 200]))
    )
    return session


def _at(shape: Shape, second: float) -> datetime:
    """To the millisecond, as snapshots are."""
    back = shape.jumps_back_s if second > shape.seconds / 2 else 0
    return shape.starts + timedelta(milliseconds=round((second - back) * 1000))


def _stays(attendance: Attendance, shape: Shape, chance: random.Random) -> list[Stay]:
    """One to three, each after the other by the students' own clock; of some the end is not known."""
    cuts = sorted(chance.uniform(0, shape.seconds) for _ in range(2 * chance.randrange(1, 4)))
    found = []
    for first, last in zip(cuts[::2], cuts[1::2], strict=True):
        start = _at(shape, first)
        found.append((start, max(start, _at(shape, last))))
    if chance.random() < 0.2:  # a second device takes over at once
        start, end = found[-1]
        middle = start + (end - start) / 2
        found[-1:] = [(start, middle), (middle, end)]
    made = [Stay(attendance=attendance, joined_at=start, last_seen_at=end, left_at=end) for start, end in found]
    if shape.closes_itself or chance.random() < 0.2:
        made[-1].left_at = None
    return made


def _readings(session: ClassSession, student: User, shape: Shape, chance: random.Random) -> list[Reading]:
    found = []
    for number, second in enumerate(range(chance.randrange(shape.every_s), shape.seconds, shape.every_s)):
        at = _at(shape, min(second + chance.random() * shape.every_s, shape.seconds - 0.001))
        late = timedelta(seconds=chance.choice([0, 0, 1, 200]), microseconds=number)
        found.append(
            Reading(
                session=session,
                student=student,
                seq=number,
                captured_at=at,
                received_at=at + late,
                model="test",
                **_what(chance),
            )
        )
    return found


def _what(chance: random.Random) -> dict:
    if chance.random() < 0.25:
        return {"faces": 0}
    weights = [chance.random() ** 3 for _ in EXPRESSIONS]
    shares = {name: weight / sum(weights) for name, weight in zip(EXPRESSIONS, weights, strict=True)}
    uncertain = chance.choice(["", "", "", "flat", "too_dark"])
    return {"faces": 1, "expression": max(shares, key=shares.__getitem__), "uncertain": uncertain, **shares}
