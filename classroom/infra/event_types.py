"""The 19 messages of the channel layer, each named by its `type`, and what they carry. Times in seconds since 1970."""

from collections.abc import Sequence
from typing import Literal, TypedDict

from classroom.measures import Probabilities
from classroom.snapshots import DropReason


class AnswerPayload(TypedDict):
    """A student's answer about the lesson, one of SelfReport.Answer, and when they gave it."""

    answer: str
    at: float


class Tile(TypedDict):
    """One student as the dashboard shows them. See docs/architecture.md.

    The student's answer and hand travel in separate events, with `heard` as the time of their last change. A tile that
    is published by itself does not have them.
    """

    id: int
    name: str
    sort: str  # the sort key of the name
    state: str
    updated: float
    expression: str | None
    uncertain: str | None
    confidence: float | None
    probabilities: Probabilities | None
    faces: int | None
    captured_at: float | None
    seq: int | None
    trend: list[float]
    says: AnswerPayload | None
    hand_since: float | None
    heard: float


class Result(TypedDict):
    """The result of one snapshot as its student sees it. `kept`: not saved yet, but buffered until it can be."""

    seq: int
    faces: int
    box: list[float] | None
    expression: str | None
    uncertain: str | None
    confidence: float | None
    probabilities: Probabilities | None
    model: str
    saved: bool
    kept: bool


# --- to the teachers of a session, numbered by `event`


class TilesChanged(TypedDict):
    """`saved` is False for readings that are not in the database."""

    type: Literal["tiles.changed"]
    tiles: Sequence[Tile]
    saved: bool
    event: int


class AnswerSaid(TypedDict):
    """`says` is None once the answer is erased."""

    type: Literal["answer.said"]
    student: int
    says: AnswerPayload | None
    heard: float
    event: int


class HandMoved(TypedDict):
    """`since` is None for a hand that is down."""

    type: Literal["hand.moved"]
    student: int
    since: float | None
    heard: float
    event: int


class MarkersChanged(TypedDict):
    """Markers changed; clients that show them refetch."""

    type: Literal["markers.changed"]
    event: int


class AlertsChanged(TypedDict):
    """Alerts changed; clients that show them refetch."""

    type: Literal["alerts.changed"]
    event: int


# --- to the teachers of a session


class ClassChanged(TypedDict):
    """Enrolments or stored readings changed; dashboards reload the class."""

    type: Literal["class.changed"]


class CamerasResting(TypedDict):
    """A snapshot was dropped because the database is unavailable and the permission to read it is not cached."""

    type: Literal["cameras.resting"]


# --- to one student of a session


class HandLowered(TypedDict):
    """A teacher lowered the student's hand."""

    type: Literal["hand.lowered"]


class SaidErased(TypedDict):
    """The student's answers and raised hands were deleted."""

    type: Literal["said.erased"]


class StudentReplaced(TypedDict):
    """The student joined on another device. `stay` and `connection` are the new socket's; earlier ones close."""

    type: Literal["student.replaced"]
    stay: int
    connection: int


# --- to every socket of a session


class SessionEnded(TypedDict):
    type: Literal["session.ended"]


class ClassAsked(TypedDict):
    """The staff asked the class how it is going."""

    type: Literal["class.asked"]
    at: float


class CourseChanged(TypedDict):
    """The course was edited; it may no longer read faces."""

    type: Literal["course.changed"]


# --- to every socket of a session or of a user


class ConsentChanged(TypedDict):
    """The user's consent changed in the course, or in every course if that is None."""

    type: Literal["consent.changed"]
    course: int | None


class AccessChanged(TypedDict):
    """The account, enrolment or teaching changed; each socket checks again whether it may stay open."""

    type: Literal["access.changed"]


# --- to every socket of a user


class UserSignedOut(TypedDict):
    """`sign_in` is the digest of the session key that was signed out."""

    type: Literal["user.signed.out"]
    sign_in: str


class SignInsChanged(TypedDict):
    """The password changed, which ends every other sign-in."""

    type: Literal["sign.ins.changed"]


# --- to the socket that sent a snapshot; `queue_ms` is how long the snapshot waited for a worker


class SnapshotResult(TypedDict):
    type: Literal["snapshot.result"]
    result: Result
    queue_ms: int


class SnapshotDropped(TypedDict):
    type: Literal["snapshot.dropped"]
    seq: int
    reason: DropReason
    queue_ms: int


NumberedEvent = TilesChanged | AnswerSaid | HandMoved | MarkersChanged | AlertsChanged
GroupEvent = (
    NumberedEvent
    | ClassChanged
    | CamerasResting
    | HandLowered
    | SaidErased
    | StudentReplaced
    | SessionEnded
    | ClassAsked
    | CourseChanged
    | ConsentChanged
    | AccessChanged
    | UserSignedOut
    | SignInsChanged
)
SnapshotEvent = SnapshotResult | SnapshotDropped
