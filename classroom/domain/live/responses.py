"""The responses of a running class: answers and raised hands, held in memory along with the tiles and changed by the
same kind of events."""

from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict

from classroom.domain.self_reports import (
    CORRECTION,
    AnswerWindow,
    answer_counts,
    answer_windows,
    current_ask,
    given_answers,
)
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


class Asked(TypedDict):
    """When the staff asked the class, and how many of the students present have a current answer from since then."""

    at: float
    answered: int


class ClassResponses(TypedDict):
    """The responses now: `said` of the `present` students have a current answer, `answers` counts them by answer, and
    `hands` are those up, the longest first. `asked` is None once an answer to it would no longer hold. For comparison:
    as in ClassMood, the faces of `negative` of the `seen` students read mostly negative."""

    answers: dict[str, int]
    said: int
    present: int
    negative: int | None
    seen: int | None
    hands: list[HandUp]
    asked: Asked | None


@dataclass
class Response:
    """One student's answer and hand, each with the time of its last change, since events may arrive out of order."""

    answer: AnswerPayload | None = None
    answered_at: float = 0.0
    hand_since: float | None = None
    hand_at: float = 0.0


@dataclass
class ResponseLog:
    """Each student's current response, the answers that may still count in a window that has not closed, and when the
    staff asked the class, for as long as an answer to it holds."""

    by_student: dict[int, Response] = field(default_factory=dict)
    answers: list[GivenAnswer] = field(default_factory=list)
    asked_at: float | None = None

    @classmethod
    def load(cls, *, session: ClassSession, now: datetime) -> "ResponseLog":
        """The responses that the database has. Two queries."""
        log = cls(asked_at=current_ask(session=session, now=now))
        log.answers = given_answers(session)  # the oldest first, and corrected
        for given in log.answers:
            log.by_student[given.student_id] = Response({"answer": given.answer, "at": given.at}, given.at)
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
        asked_at = self.asked_at or 0.0
        self.answers = [
            each
            for each in self.answers
            if each.student_id != student_id or each.at <= corrected_after or each.at < asked_at
        ]
        self.answers.append(GivenAnswer(student_id=student_id, at=answer["at"], answer=answer["answer"]))

    def apply_hand(self, student_id: int, since: float | None, heard: float) -> None:
        response = self.by_student.setdefault(student_id, Response())
        if heard >= response.hand_at:
            response.hand_since, response.hand_at = since, heard

    def apply_ask(self, at: float | None) -> None:
        if at is not None and at > (self.asked_at or 0.0):
            self.asked_at = at

    def expire(self, now: float) -> set[int]:
        """Drop answers that no longer hold, and an ask to which none would. Returns the students of the answers."""
        if self.asked_at is not None and self.asked_at <= now - HOLDS_S:
            self.asked_at = None
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
    tiles: Iterable[Tile],
    *,
    present: Set[int],
    seen: int | None,
    negative: int | None,
    asked_at: float | None = None,
) -> ClassResponses:
    """Return what the `present` students report, from their tiles."""
    of_present = [tile for tile in tiles if tile["id"] in present]
    answers = Counter(tile["says"]["answer"] for tile in of_present if tile["says"])
    hands: list[HandUp] = [
        {"id": tile["id"], "name": tile["name"], "since": tile["hand_since"]}
        for tile in of_present
        if tile["hand_since"] is not None
    ]
    times = [tile["says"]["at"] for tile in of_present if tile["says"]]
    return {
        "answers": answer_counts(answers),
        "said": answers.total(),
        "present": len(of_present),
        "negative": negative,
        "seen": seen,
        "hands": sorted(hands, key=lambda hand: (hand["since"], hand["id"])),
        "asked": None if asked_at is None else {"at": asked_at, "answered": sum(at >= asked_at for at in times)},
    }
