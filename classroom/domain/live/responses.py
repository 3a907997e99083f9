"""What the students of a running class say: kept in memory beside the tiles, and changed by the same kind of events."""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict

from classroom.domain.self_reports import CORRECTION, AnswerWindow, answer_counts, answer_windows, said_in
from classroom.infra.event_types import Says, Tile
from classroom.measures import WINDOW_S, Said
from classroom.models import ClassSession, RaisedHand
from classroom.models.self_report import REPORT_HOLDS

HOLDS_S = REPORT_HOLDS.total_seconds()


class HandUp(TypedDict):
    """A hand that is up, since when."""

    id: int
    name: str
    since: float


class ClassVoice(TypedDict):
    """What the class says now: `said` of the `present` students hold an answer, `answers` counts them by answer, and
    `hands` are those up, the longest first. For comparing: the faces of `negative` of the `seen` students read mostly
    negative."""

    answers: dict[str, int]
    said: int
    present: int
    negative: int
    seen: int
    hands: list[HandUp]


@dataclass
class Voice:
    """One student's answer and hand, each with the time of its last change: events may come out of order."""

    says: Says | None = None
    said_at: float = 0.0
    hand_since: float | None = None
    hand_at: float = 0.0


@dataclass
class Voices:
    """Everyone's voice by student, and the answers that may still hold in a window that has not closed."""

    by_student: dict[int, Voice] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)

    def hear_answer(self, student_id: int, says: Says | None, heard: float) -> None:
        voice = self.by_student.setdefault(student_id, Voice())
        if heard < voice.said_at:
            return
        voice.says, voice.said_at = says, heard
        if says is None:
            self.said = [each for each in self.said if each.student_id != student_id]
        else:
            # As the database has it: one just before was corrected, not followed.
            self.said = [each for each in self.said if not _is_corrected(each, student_id, says["at"])]
            self.said.append(Said(student_id=student_id, at=says["at"], answer=says["answer"]))

    def see_hand(self, student_id: int, since: float | None, heard: float) -> None:
        voice = self.by_student.setdefault(student_id, Voice())
        if heard >= voice.hand_at:
            voice.hand_since, voice.hand_at = since, heard

    def settle(self, now: float) -> set[int]:
        """Let time pass: answers that no longer hold are gone. Returns their students."""
        self.said = [each for each in self.said if each.at > now - HOLDS_S - 3 * WINDOW_S]
        silent = {pk for pk, voice in self.by_student.items() if voice.says and voice.says["at"] <= now - HOLDS_S}
        for pk in silent:
            voice = self.by_student[pk]
            voice.says, voice.said_at = None, voice.said_at + HOLDS_S
        return silent

    def on(self, tile: Tile) -> Tile:
        """The tile with what its student says."""
        voice = self.by_student.get(tile["id"])
        if voice is None:
            return tile
        heard = max(voice.said_at, voice.hand_at)
        return {**tile, "says": voice.says, "hand_since": voice.hand_since, "heard": heard}

    def windows(self, starts: Iterable[int]) -> list[AnswerWindow]:
        """What was said in these windows; one without any answer is left out."""
        wanted = set(starts)
        return [window for window in answer_windows(self.said, until=max(wanted, default=0)) if window["at"] in wanted]


def _is_corrected(each: Said, student_id: int, at: float) -> bool:
    return each.student_id == student_id and each.at > at - CORRECTION.total_seconds()


def class_voice(tiles: Iterable[Tile], *, here: Set[int], seen: int, negative: int) -> ClassVoice:
    """What those in class (`here`) say, from their tiles."""
    present = [tile for tile in tiles if tile["id"] in here]
    answers: dict[str, int] = {}
    for tile in present:
        if tile["says"]:
            answers[tile["says"]["answer"]] = answers.get(tile["says"]["answer"], 0) + 1
    hands: list[HandUp] = [
        {"id": tile["id"], "name": tile["name"], "since": tile["hand_since"]}
        for tile in present
        if tile["hand_since"] is not None
    ]
    return {
        "answers": answer_counts(answers),
        "said": sum(answers.values()),
        "present": len(present),
        "negative": negative,
        "seen": seen,
        "hands": sorted(hands, key=lambda hand: (hand["since"], hand["id"])),
    }


def voices_of(*, session: ClassSession, now: datetime) -> Voices:
    """The voices as the database knows them. Two queries."""
    voices = Voices()
    for said in said_in(session):
        voices.hear_answer(said.student_id, {"answer": said.answer, "at": said.at}, said.at)
    hands = RaisedHand.objects.filter(session=session).values_list("student_id", "raised_at", "lowered_at")
    for student_id, raised_at, lowered_at in hands:
        since = None if lowered_at else raised_at.timestamp()
        voices.see_hand(student_id, since, (lowered_at or raised_at).timestamp())
    voices.settle(now.timestamp())
    return voices
