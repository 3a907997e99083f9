"""The responses of a running class: answers and raised hands, held in memory along with the tiles and changed by the
same kind of events."""

from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict

from classroom.domain.self_reports import CORRECTION, AnswerWindow, answer_counts, answer_windows, given_answers
from classroom.infra.event_types import AnswerPayload, Tile
from classroom.measures import WINDOW_S, GivenAnswer
from classroom.models import ClassSession, RaisedHand
from classroom.models.self_report import REPORT_HOLDS

HOLDS_S = REPORT_HOLDS.total_seconds()


class HandUp(TypedDict):
    """A hand that is up, and since when."""

    id: int
    name: str
    since: float


class ClassResponses(TypedDict):
    """The responses now: `said` of the `present` students have a current answer, `answers` counts them by answer, and
    `hands` are those up, the longest first. For comparison: as in ClassMood, the faces of `negative` of the `seen`
    students read mostly negative."""

    answers: dict[str, int]
    said: int
    present: int
    negative: int | None
    seen: int | None
    hands: list[HandUp]


@dataclass
class Response:
    """One student's answer and hand, each with the time of its last change, since events may arrive out of order."""

    answer: AnswerPayload | None = None
    answered_at: float = 0.0
    hand_since: float | None = None
    hand_at: float = 0.0


@dataclass
class ResponseLog:
    """Each student's current response, and the answers that may still count in a window that has not closed."""

    by_student: dict[int, Response] = field(default_factory=dict)
    answers: list[GivenAnswer] = field(default_factory=list)

    @classmethod
    def load(cls, *, session: ClassSession, now: datetime) -> "ResponseLog":
        """The responses that the database has. Two queries."""
        log = cls()
        for given in given_answers(session):
            log.apply_answer(given.student_id, {"answer": given.answer, "at": given.at}, given.at)
        hands = RaisedHand.objects.filter(session=session).values_list("student_id", "raised_at", "lowered_at")
        for student_id, raised_at, lowered_at in hands:
            since = None if lowered_at else raised_at.timestamp()
            log.apply_hand(student_id, since, (lowered_at or raised_at).timestamp())
        log.expire(now.timestamp())
        return log

    def apply_answer(self, student_id: int, answer: AnswerPayload | None, heard: float) -> None:
        response = self.by_student.setdefault(student_id, Response())
        if heard < response.answered_at:
            return
        response.answer, response.answered_at = answer, heard
        if answer is None:
            self.answers = [each for each in self.answers if each.student_id != student_id]
            return
        # The new answer replaces one given just before it, as in the database.
        corrected_after = answer["at"] - CORRECTION.total_seconds()
        self.answers = [each for each in self.answers if each.student_id != student_id or each.at <= corrected_after]
        self.answers.append(GivenAnswer(student_id=student_id, at=answer["at"], answer=answer["answer"]))

    def apply_hand(self, student_id: int, since: float | None, heard: float) -> None:
        response = self.by_student.setdefault(student_id, Response())
        if heard >= response.hand_at:
            response.hand_since, response.hand_at = since, heard

    def expire(self, now: float) -> set[int]:
        """Drop answers that no longer hold. Returns their students."""
        self.answers = [each for each in self.answers if each.at > now - HOLDS_S - 3 * WINDOW_S]
        expired = {
            pk for pk, response in self.by_student.items() if response.answer and response.answer["at"] <= now - HOLDS_S
        }
        for pk in expired:
            response = self.by_student[pk]
            response.answer, response.answered_at = None, response.answered_at + HOLDS_S
        return expired

    def add_to(self, tile: Tile) -> Tile:
        """Return the tile with its student's response."""
        response = self.by_student.get(tile["id"])
        if response is None:
            return tile
        heard = max(response.answered_at, response.hand_at)
        return {**tile, "says": response.answer, "hand_since": response.hand_since, "heard": heard}

    def windows(self, starts: Iterable[int]) -> list[AnswerWindow]:
        """Return the answers in these windows; a window without any is left out."""
        wanted = set(starts)
        return [each for each in answer_windows(self.answers, until=max(wanted, default=0)) if each["at"] in wanted]


def class_responses(
    tiles: Iterable[Tile], *, present: Set[int], seen: int | None, negative: int | None
) -> ClassResponses:
    """Return what the `present` students report, from their tiles."""
    of_present = [tile for tile in tiles if tile["id"] in present]
    answers = Counter(tile["says"]["answer"] for tile in of_present if tile["says"])
    hands: list[HandUp] = [
        {"id": tile["id"], "name": tile["name"], "since": tile["hand_since"]}
        for tile in of_present
        if tile["hand_since"] is not None
    ]
    return {
        "answers": answer_counts(answers),
        "said": answers.total(),
        "present": len(of_present),
        "negative": negative,
        "seen": seen,
        "hands": sorted(hands, key=lambda hand: (hand["since"], hand["id"])),
    }
