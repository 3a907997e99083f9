"""Self-reports of students: an answer about the lesson, and a raised hand. They need no camera and no consent."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypedDict

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from accounts.models import User
from classroom.infra import events
from classroom.measures import GivenAnswer, answers_in_windows, last_closed_window
from classroom.models import ClassSession, Enrolment, RaisedHand, SelfReport
from classroom.models.self_report import REPORT_HOLDS

# A student who answers again within this time corrects the answer: it changes, but not the number of rows. After the
# staff have asked the class, an answer from before is not corrected: the student answers again.
CORRECTION = timedelta(seconds=5)


class SelfReportRefused(Exception):
    """The session is over, or the student is not (or no longer) in the course."""


class AnswerWindow(TypedDict):
    """One window of a timeline: `answers` has the number of students for each answer, 0 included."""

    at: int
    answers: dict[str, int]


class CurrentAnswer(TypedDict):
    """An answer with times in seconds since 1970; all None if none is in force."""

    answer: str | None
    at: float | None
    holds_until: float | None


class CurrentResponses(TypedDict):
    """A student's answer and hand in force at `now`, and the ask that is (`asked_at`), in seconds since 1970."""

    now: float
    said: CurrentAnswer | None
    hand_up: bool
    asked_at: float | None


# --- answers


def record_answer(*, session: ClassSession, student: User, answer: str, now: datetime) -> SelfReport:
    """Record one of SelfReport.Answer in place of the student's current answer. Returns the current one.

    Raises SelfReportRefused.
    """
    with transaction.atomic():
        running = _require_attending(session, student)
        corrected = SelfReport.objects.filter(session=session, student=student, at__gt=now - CORRECTION)
        report = (corrected.filter(at__gte=running.asked_at) if running.asked_at else corrected).last()
        if report is None:
            report = SelfReport.objects.create(session=session, student=student, answer=answer, at=now)
        elif report.answer != answer:
            report.answer, report.at = answer, now
            report.save(update_fields=["answer", "at"])
    at = report.at.timestamp()
    events.publish_answer(session.pk, student.pk, {"answer": report.answer, "at": at}, heard=at)
    return report


def current_answer(*, session: ClassSession, student: User, now: datetime) -> SelfReport | None:
    """Return the student's answer that is still in force, if any."""
    return SelfReport.objects.filter(session=session, student=student, at__gt=now - REPORT_HOLDS).last()


def answer_payload(report: SelfReport | None) -> CurrentAnswer:
    if report is None:
        return {"answer": None, "at": None, "holds_until": None}
    at = report.at.timestamp()
    return {"answer": report.answer, "at": at, "holds_until": at + REPORT_HOLDS.total_seconds()}


def current_responses(*, session: ClassSession, student: User, now: datetime) -> CurrentResponses:
    """Return what the student's page shows after a reload, or on another device."""
    report = current_answer(session=session, student=student, now=now)
    hand = raised_hand(session=session, student=student)
    said = answer_payload(report) if report else None
    asked_at = current_ask(session=session, now=now)
    return {"now": now.timestamp(), "said": said, "hand_up": hand is not None, "asked_at": asked_at}


def current_ask(*, session: ClassSession, now: datetime) -> float | None:
    """Return when the staff asked the class, in seconds since 1970, for as long as an answer to it holds."""
    asked_at = session.asked_at
    return asked_at.timestamp() if asked_at and asked_at > now - REPORT_HOLDS else None


def given_answers(session: ClassSession) -> list[GivenAnswer]:
    """Return every answer of the session, oldest first, in the form of the measures. One query."""
    rows = SelfReport.objects.filter(session=session).values_list("student_id", "at", "answer")
    return [GivenAnswer(student_id=student, at=at.timestamp(), answer=answer) for student, at, answer in rows]


def answers_by_window(*, session: ClassSession, until: datetime) -> list[AnswerWindow]:
    """Return the timeline of answers, oldest first: how many students held which answer in each closed window. Windows
    are those of `class_timeline` (WINDOW_S seconds, named by their start); a window without any answer is left out. An
    answer holds for REPORT_HOLDS or until the student's next one. One query."""
    end = session.ended_at.timestamp() if session.ended_at else last_closed_window(until.timestamp())
    return answer_windows(given_answers(session), until=end)


def answer_windows(answers: Iterable[GivenAnswer], *, until: float) -> list[AnswerWindow]:
    """Return the windows with an answer that start by `until`, in seconds since 1970."""
    counts = answers_in_windows(answers, holds_s=REPORT_HOLDS.total_seconds())
    return [{"at": at, "answers": answer_counts(counts[at])} for at in sorted(counts) if at <= until]


def answer_counts(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the same counts with a 0 for every answer that nobody gave."""
    return {answer.value: counts.get(answer.value, 0) for answer in SelfReport.Answer}


# --- hands


def raise_hand(*, session: ClassSession, student: User, now: datetime) -> RaisedHand:
    """Raise the student's hand. A hand that is already up keeps its time. Raises SelfReportRefused."""
    with transaction.atomic():
        _require_attending(session, student)
        # A hand lowered a moment ago goes up again, so that even a fast-moving hand is one row in that time.
        lowered = RaisedHand.objects.filter(session=session, student=student, lowered_at__gt=now - CORRECTION).last()
        hand = lowered or RaisedHand(session=session, student=student)
        hand.raised_at, hand.lowered_at = now, None
        try:
            with transaction.atomic():
                hand.save()
        except IntegrityError:
            hand = RaisedHand.objects.get(session=session, student=student, lowered_at=None)
    since = hand.raised_at.timestamp()
    events.publish_hand(session.pk, student.pk, since, heard=since)
    return hand


def lower_hand(*, session: ClassSession, student: User, now: datetime, by_teacher: bool = False) -> bool:
    """Lower the student's hand, and notify their page if a teacher did it. Return False if no hand was up."""
    up = RaisedHand.objects.filter(session=session, student=student, lowered_at=None)
    if not up.update(lowered_at=Greatest(F("raised_at"), now)):
        return False
    events.publish_hand(session.pk, student.pk, None, heard=now.timestamp())
    if by_teacher:
        events.publish_hand_lowered(session.pk, student.pk)
    return True


def lower_all_hands(*, session: ClassSession, now: datetime) -> None:
    """Lower the hands that are still up when a session ends."""
    RaisedHand.objects.filter(session=session, lowered_at=None).update(lowered_at=Greatest(F("raised_at"), now))


def raised_hand(*, session: ClassSession, student: User) -> RaisedHand | None:
    return RaisedHand.objects.filter(session=session, student=student, lowered_at=None).first()


# --- a student's data


def count_self_reports(student: User) -> int:
    """Return how many answers and raised hands of the student are stored."""
    return SelfReport.objects.filter(student=student).count() + RaisedHand.objects.filter(student=student).count()


def erase_self_reports(*, student: User, now: datetime) -> int:
    """Delete every answer and raised hand of the student, in every session. Returns the number of rows."""
    with transaction.atomic():
        answers, _ = SelfReport.objects.filter(student=student).delete()
        hands, _ = RaisedHand.objects.filter(student=student).delete()
    for session_id in ClassSession.objects.running().attended_by(student).values_list("pk", flat=True):
        events.publish_answer(session_id, student.pk, None, heard=now.timestamp())
        events.publish_hand(session_id, student.pk, None, heard=now.timestamp())
        events.publish_said_erased(session_id, student.pk)
    return answers + hands


def _require_attending(session: ClassSession, student: User) -> ClassSession:
    # The lock keeps the session from ending, and the staff from asking, between this check and the row.
    running = ClassSession.objects.running().select_for_update(no_key=True).filter(pk=session.pk).first()
    enrolled = Enrolment.objects.filter(course=session.course_id, student=student.pk, student__is_active=True)
    if running is None or not enrolled.exclude(student__role=User.Role.ADMINISTRATOR).exists():
        raise SelfReportRefused
    return running
