"""What students say themselves: an answer about the lesson, and a raised hand. It needs no camera and no consent."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypedDict

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest

from accounts.models import User
from classroom.infra import events
from classroom.infra.event_types import Says
from classroom.measures import Said, answers_in_windows, last_closed_window
from classroom.models import ClassSession, Enrolment, RaisedHand, SelfReport
from classroom.models.self_report import REPORT_HOLDS

Answer = SelfReport.Answer
# Whoever answers again this soon corrects herself: the answer changes, but not the number of rows.
CORRECTION = timedelta(seconds=5)


class SelfReportRefused(Exception):
    """Nothing is taken from this student: the session is over, or she is not a student of the course (any more)."""


class AnswerWindow(TypedDict):
    """One window of a timeline: `answers` has the number of students behind each answer, 0 included."""

    at: int
    answers: dict[str, int]


def say(*, session: ClassSession, student: User, answer: str, now: datetime) -> SelfReport:
    """Take the student's answer, one of SelfReport.Answer, in place of the one that held. Returns what holds now.

    Raises SelfReportRefused.
    """
    with transaction.atomic():
        _require_attending(session, student)
        report = _corrected(session, student, answer, now)
        report = report or SelfReport.objects.create(session=session, student=student, answer=answer, at=now)
    events.publish_answer(session.pk, student.pk, says_of(report), heard=report.at.timestamp())
    return report


def raise_hand(*, session: ClassSession, student: User, now: datetime) -> RaisedHand:
    """Raise the student's hand. One that is up stays up since it was raised. Raises SelfReportRefused."""
    with transaction.atomic():
        _require_attending(session, student)
        hand = _raised(session, student, now)
    since = hand.raised_at.timestamp()
    events.publish_hand(session.pk, student.pk, since, heard=since)
    return hand


def lower_hand(*, session: ClassSession, student: User, now: datetime, by_teacher: bool = False) -> bool:
    """Lower the student's hand; her page is told where it was a teacher. False if no hand was up."""
    up = RaisedHand.objects.filter(session=session, student=student, lowered_at=None)
    if not up.update(lowered_at=Greatest(F("raised_at"), now)):
        return False
    events.publish_hand(session.pk, student.pk, None, heard=now.timestamp())
    if by_teacher:
        events.publish_hand_lowered(session.pk, student.pk)
    return True


def lower_all_hands(*, session: ClassSession, now: datetime) -> None:
    """A session ends: no hand stays up."""
    RaisedHand.objects.filter(session=session, lowered_at=None).update(lowered_at=Greatest(F("raised_at"), now))


def holding_answer(*, session: ClassSession, student: User, now: datetime) -> SelfReport | None:
    """The student's answer that counts now, if any does."""
    return SelfReport.objects.filter(session=session, student=student, at__gt=now - REPORT_HOLDS).last()


def raised_hand(*, session: ClassSession, student: User) -> RaisedHand | None:
    return RaisedHand.objects.filter(session=session, student=student, lowered_at=None).first()


def says_of(report: SelfReport | None) -> Says | None:
    return {"answer": report.answer, "at": report.at.timestamp()} if report else None


def self_reports_of(*, session: ClassSession, student: User | None = None) -> QuerySet[SelfReport]:
    """Every answer of the session, or of one student in it, oldest first, with its student: for reports and exports."""
    reports = SelfReport.objects.filter(session=session).select_related("student")
    return reports.filter(student=student) if student else reports


def hands_of(*, session: ClassSession, student: User | None = None) -> QuerySet[RaisedHand]:
    """Every raised hand of the session, or of one student in it, oldest first, with its student."""
    hands = RaisedHand.objects.filter(session=session).select_related("student")
    return hands.filter(student=student) if student else hands


def said_in(session: ClassSession) -> list[Said]:
    """Every answer of the session, oldest first, as the measures need it. One query."""
    rows = SelfReport.objects.filter(session=session).values_list("student_id", "at", "answer")
    return [Said(student_id=student, at=at.timestamp(), answer=answer) for student, at, answer in rows]


def answers_by_window(*, session: ClassSession, until: datetime) -> list[AnswerWindow]:
    """The timeline of self-reports, oldest first: for each closed window in which an answer held, how many students
    held which. Windows are those of `class_timeline` (WINDOW_S seconds, named by their start); without any answer a
    window is left out. An answer holds for REPORT_HOLDS or until the student's next one. One query."""
    end = session.ended_at.timestamp() if session.ended_at else last_closed_window(until.timestamp())
    return answer_windows(said_in(session), until=end)


def answer_windows(said: Iterable[Said], *, until: float) -> list[AnswerWindow]:
    """Those windows that start by `until`, in seconds since 1970."""
    counts = answers_in_windows(said, holds_s=REPORT_HOLDS.total_seconds())
    return [{"at": at, "answers": answer_counts(counts[at])} for at in sorted(counts) if at <= until]


def answer_counts(counts: dict[str, int]) -> dict[str, int]:
    """The same with a 0 for every answer that nobody gave."""
    return {answer.value: counts.get(answer.value, 0) for answer in Answer}


def said_of(student: User) -> int:
    """How many answers and raised hands of the student are kept."""
    return SelfReport.objects.filter(student=student).count() + RaisedHand.objects.filter(student=student).count()


def erase_said(*, student: User, now: datetime) -> int:
    """Delete every answer and raised hand of the student, in every session. Returns how many rows that was."""
    with transaction.atomic():
        answers, _ = SelfReport.objects.filter(student=student).delete()
        hands, _ = RaisedHand.objects.filter(student=student).delete()
    for session_id in ClassSession.objects.running().attended_by(student).values_list("pk", flat=True):
        events.publish_answer(session_id, student.pk, None, heard=now.timestamp())
        events.publish_hand(session_id, student.pk, None, heard=now.timestamp())
        events.publish_said_erased(session_id, student.pk)
    return answers + hands


def _require_attending(session: ClassSession, student: User) -> None:
    # The lock keeps the session from ending between this look and the row.
    is_running = ClassSession.objects.running().select_for_update(no_key=True).filter(pk=session.pk).exists()
    enrolled = Enrolment.objects.filter(
        course=session.course_id, student=student.pk, student__role=User.Role.STUDENT, student__is_active=True
    )
    if not is_running or not enrolled.exists():
        raise SelfReportRefused


def _corrected(session: ClassSession, student: User, answer: str, now: datetime) -> SelfReport | None:
    """The answer given just before, which then says this one."""
    report = SelfReport.objects.filter(session=session, student=student, at__gt=now - CORRECTION).last()
    if report and report.answer != answer:
        report.answer, report.at = answer, now
        report.save(update_fields=["answer", "at"])
    return report


def _raised(session: ClassSession, student: User, now: datetime) -> RaisedHand:
    # One lowered a moment ago goes up again: however fast it moves, it is one row in that time.
    lowered = RaisedHand.objects.filter(session=session, student=student, lowered_at__gt=now - CORRECTION).last()
    hand = lowered or RaisedHand(session=session, student=student)
    hand.raised_at, hand.lowered_at = now, None
    try:
        with transaction.atomic():
            hand.save()
            return hand
    except IntegrityError:
        return RaisedHand.objects.get(session=session, student=student, lowered_at=None)
