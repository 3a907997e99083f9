"""The class at a glance: who has looked troubled since when, and how most look, kept from flickering.

Both follow with hysteresis what the last ten seconds show; classroom/domain/live/headline.py puts them into words.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from classroom.measures import (
    NEGATIVE_BOUND,
    Probabilities,
    Sample,
    band,
    negative_share,
    student_means,
)

# A face that looks troubled does so until its mean negative share is back below this.
CALM_BOUND = 0.4
# One frame does not make a face look troubled.
MIN_SAMPLES = 2
# A face that is lost for less time than this goes on where it was.
REMEMBERED_S = 30
# What most look like is true of more than half; another look takes its place once it is clearly ahead.
MOST = 0.5
CLEARLY_AHEAD = 0.6
# Of fewer faces, and less than half of those present, no more is said than that they are too few.
FEW = 3
HALF = 0.5
LESS_COVERED = 0.15

TROUBLED, CALM, HAPPY, SURPRISED, CALM_OR_HAPPY, MIXED = (
    "troubled",
    "calm",
    "happy",
    "surprised",
    "calm_or_happy",
    "mixed",
)
_LOOK_OF = {"neutral": CALM, "happy": HAPPY, "surprise": SURPRISED}


@dataclass
class Glance:
    """`since` and `last` say from when, and until when, each troubled face has looked so, in seconds since 1970."""

    since: dict[int, float] = field(default_factory=dict)
    last: dict[int, float] = field(default_factory=dict)
    looks: dict[int, str] = field(default_factory=dict)
    most: str | None = None
    is_covered: bool = False

    def take(self, samples: Iterable[Sample], *, present: int, now: float) -> None:
        """Look at the samples of the last ten seconds."""
        certain = [sample for sample in samples if sample.probabilities]
        means = student_means(certain)
        counts = Counter(sample.student_id for sample in certain)
        for student, each in means.items():
            self._take_one(student, each, counts[student], now)
        self._forget(now)
        self.looks = {pk: TROUBLED if pk in self.since else _look(each) for pk, each in means.items()}
        self.most = self._most()
        self.is_covered = _is_covered(len(means), present, self.is_covered)

    @property
    def seen(self) -> int:
        return len(self.looks)

    @property
    def troubled(self) -> dict[int, float]:
        """The faces seen now that look troubled, each since when."""
        return {pk: self.since[pk] for pk, look in self.looks.items() if look == TROUBLED}

    def troubled_since(self) -> float | None:
        """The moment from which half of them or more have looked so."""
        moments = sorted(self.troubled.values())
        return moments[len(moments) // 2] if moments else None

    def _take_one(self, student: int, each: Probabilities, samples: int, now: float) -> None:
        negative = negative_share(each)
        if student in self.since:
            if negative < CALM_BOUND:
                del self.since[student]
        elif negative > NEGATIVE_BOUND and samples >= MIN_SAMPLES:
            self.since[student] = now
        self.last[student] = now

    def _forget(self, now: float) -> None:
        for student in [pk for pk, at in self.last.items() if now - at > REMEMBERED_S]:
            del self.last[student]
            self.since.pop(student, None)

    def _most(self) -> str | None:
        if not self.looks:
            return None
        shares = _shares(self.looks)
        ahead = _ahead(shares)
        if self.most is None or shares.get(ahead, 0.0) >= CLEARLY_AHEAD:
            return ahead
        return self.most if shares.get(self.most, 0.0) > MOST else MIXED


def _look(each: Probabilities) -> str:
    """Of a face that does not look troubled."""
    return _LOOK_OF[max(_LOOK_OF, key=each.__getitem__)]


def _shares(looks: Mapping[int, str]) -> dict[str, float]:
    counts = Counter(looks.values())
    counts[CALM_OR_HAPPY] = counts[CALM] + counts[HAPPY]
    return {look: count / len(looks) for look, count in counts.items()}


def _ahead(shares: Mapping[str, float]) -> str:
    """The first look that more than half of the faces share."""
    looks = (TROUBLED, CALM, HAPPY, SURPRISED, CALM_OR_HAPPY)
    return next((look for look in looks if shares.get(look, 0.0) > MOST), MIXED)


def _is_covered(seen: int, present: int, before: bool) -> bool:
    """Whether enough of those present are seen; once enough, a few less will do."""
    if not seen or not present:
        return False
    covered = seen / present
    if seen < FEW and covered < HALF:
        return False
    return band(covered) != "low" or (before and covered >= LESS_COVERED)
