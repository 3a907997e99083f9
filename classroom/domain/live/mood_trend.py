"""How most faces look, and which have looked troubled for how long, with hysteresis so that neither flickers.

Both follow what the tiles show over the last ten seconds; classroom/domain/live/headline.py puts them into words.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Avg

from classroom.domain.history.watermark import MINUTE_S, minute_start
from classroom.measures import NEGATIVE, SHARE_BOUNDS, WINDOW_S, Sample, mean, negative_share, shown
from classroom.models import ClassSession
from classroom.models.reading import CERTAIN
from classroom.models.windows import WindowStart

# A troubled face looks troubled until its mean negative share falls below this.
CALM_BOUND = 0.4
# With fewer readings, nobody knows how a face looks. Under load they come slowly, so the previous window's also count.
MIN_SAMPLES = 2
# A face that was lost for at most this long continues where it was.
REMEMBERED_S = 30
# An appearance is that of most faces if more than this share have it; another replaces it once clearly ahead.
MOST = 0.5
CLEARLY_AHEAD = 0.6
# Fewer faces than this, and less than half of those present, are too few to describe the class.
FEW = 3
HALF = 0.5
# The class counts as covered once the higher share of students is seen, and stays covered down to the lower one.
COVERED = SHARE_BOUNDS[0]
STILL_COVERED = 0.15
# troubled_since() reads the last minutes in windows of ten seconds, and older time in minutes.
FINE = timedelta(minutes=3)

TROUBLED, CALM, HAPPY, SURPRISED, CALM_OR_HAPPY, MIXED = (
    "troubled",
    "calm",
    "happy",
    "surprised",
    "calm_or_happy",
    "mixed",
)
# The appearance of a negative face whose student says that all is good: the answer is what they mean, so
# they do not look troubled.
ALL_GOOD = "all_good"
# How other faces look by what their tiles show.
_APPEARANCES = {"neutral": CALM, "happy": HAPPY, "surprise": SURPRISED}

# A stretch of one student's time: its start, its length in seconds, and the negative share in it.
Stretch = tuple[float, int, float]


@dataclass
class MoodTrend:
    """`since`: when each troubled face began to look so, `last`: when each face was last seen (seconds since 1970).
    `unknown` faces have too few readings to have an appearance."""

    since: dict[int, float] = field(default_factory=dict)
    last: dict[int, float] = field(default_factory=dict)
    appearances: dict[int, str] = field(default_factory=dict)
    unknown: int = 0
    prevailing: str | None = None
    is_covered: bool = False

    def update(self, samples: Mapping[int, Sequence[Sample]], *, all_good: Set[int], present: int, now: float) -> None:
        """Follow the students seen now, by their certain samples of the last two windows; those of `all_good` say that
        all is good."""
        self.appearances, self.unknown = {}, 0
        for student, own in samples.items():
            self.last[student] = now
            appearance = self._appearance(student, own, is_good=student in all_good, now=now)
            if appearance is None:
                self.unknown += 1
            else:
                self.appearances[student] = appearance
        for student in [pk for pk, at in self.last.items() if now - at > REMEMBERED_S]:
            del self.last[student]
            self.since.pop(student, None)
        self.prevailing = _prevailing(self.appearances, before=self.prevailing)
        covered = self.seen / present if present else 0.0
        self.is_covered = covered >= (STILL_COVERED if self.is_covered else COVERED) and (
            self.seen >= FEW or covered >= HALF
        )

    def _appearance(self, student: int, samples: Sequence[Sample], *, is_good: bool, now: float) -> str | None:
        """Return how the student's face looks, or None with too few readings to know."""
        recent = [sample for sample in samples if sample.at > now - WINDOW_S]
        judged = recent if len(recent) >= MIN_SAMPLES else samples[-MIN_SAMPLES:]
        average = mean(sample.probabilities for sample in judged if sample.probabilities is not None)
        if average is None or len(judged) < MIN_SAMPLES:
            return None
        expression = shown(average, has_face=True)
        if expression in NEGATIVE and not is_good:
            self.since.setdefault(student, now)
        elif is_good or negative_share(average) < CALM_BOUND:
            self.since.pop(student, None)
        if student in self.since:
            return TROUBLED
        return _APPEARANCES.get(expression, ALL_GOOD)

    @property
    def seen(self) -> int:
        """How many faces have an appearance."""
        return len(self.appearances)

    @property
    def troubled(self) -> dict[int, float]:
        """The faces seen now that look troubled, each with the time since when it has."""
        return {pk: self.since[pk] for pk, appearance in self.appearances.items() if appearance == TROUBLED}

    def most_troubled_since(self) -> float | None:
        """Return the time since when more than half of the troubled faces have looked so."""
        times = sorted(self.troubled.values())
        return times[len(times) // 2] if times else None


def _prevailing(appearances: Mapping[int, str], *, before: str | None) -> str | None:
    """Return how more than half of the faces look, MIXED if they share nothing. Only an appearance that is clearly
    ahead replaces the previous one."""
    if not appearances:
        return None
    counts = Counter(appearances.values())
    counts[CALM_OR_HAPPY] = counts[CALM] + counts[HAPPY]
    shares = {appearance: count / len(appearances) for appearance, count in counts.items()}
    candidates = (TROUBLED, ALL_GOOD, CALM, HAPPY, SURPRISED, CALM_OR_HAPPY)
    ahead = next((appearance for appearance in candidates if shares.get(appearance, 0.0) > MOST), MIXED)
    if before is None or shares.get(ahead, 0.0) >= CLEARLY_AHEAD:
        return ahead
    return before if shares.get(before, 0.0) > MOST else MIXED


def troubled_since(*, session: ClassSession, students: Collection[int], now: datetime) -> dict[int, float]:
    """Return, for students whose faces look troubled now, since when (seconds since 1970) they have looked so without a
    break, to ten seconds or, if long ago, a minute. A dashboard that was not open then starts from it.

    Two queries, none without students.
    """
    if not students:
        return {}
    border = datetime.fromtimestamp(minute_start(now - FINE), UTC)
    minutes: Any = session.student_minutes.filter(student__in=students, certain__gt=0, at__lt=border).order_by("at")
    stretches: dict[int, list[Stretch]] = defaultdict(list)
    for row in minutes.values("student_id", "at", *NEGATIVE):
        stretches[row["student_id"]].append((row["at"].timestamp(), MINUTE_S, negative_share(row)))
    readings: Any = session.readings.filter(CERTAIN, student__in=students, captured_at__gte=border)
    windows = readings.annotate(window=WindowStart("captured_at", seconds=WINDOW_S)).values("window", "student_id")
    for row in windows.annotate(**{f"mean_{name}": Avg(name) for name in NEGATIVE}).order_by("window"):
        negative = negative_share({name: row[f"mean_{name}"] for name in NEGATIVE})
        stretches[row["student_id"]].append((row["window"], WINDOW_S, negative))
    starts = {student: _run_start(each, now.timestamp()) for student, each in stretches.items()}
    return {student: start for student, start in starts.items() if start is not None}


def _run_start(stretches: list[Stretch], now: float) -> float | None:
    """Return the start of the last unbroken run of negative stretches."""
    start, following = None, now
    for at, length, negative in reversed(stretches):
        if negative < CALM_BOUND or following - (at + length) > REMEMBERED_S:
            break
        start = following = at
    return start
