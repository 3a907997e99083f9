from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.consent import consent_in_force
from accounts.decorators import form_post
from accounts.requests import SignedInRequest
from classroom.domain.alerts.evaluation import AlertRow
from classroom.domain.history.rollups import roll_up
from classroom.domain.history.session_report import StudentReport, build_session_report, build_student_report
from classroom.domain.history.summaries import StudentSummary
from classroom.domain.markers import MarkerRow
from classroom.domain.sessions import end_session
from classroom.measures import WINDOW_S
from classroom.models import AlertKind, ClassSession
from classroom.views.access import session_attended, session_taught
from classroom.views.history import has_faces, session_charts

STUDENTS_PER_PAGE = 50


@login_required
@require_GET
def session_live(request: SignedInRequest, pk: int) -> HttpResponse:
    session = session_taught(request.user, pk)
    if not session.is_running:
        return redirect("session_report", pk)
    context = {
        "session": session,
        "course": session.course,
        "state_url": reverse("api_session_live", args=[pk]),
        "socket_path": f"/ws/sessions/{pk}/teacher/",
        "end_url": reverse("session_end", args=[pk]),
    }
    return render(request, "classroom/live.html", context)


@form_post("session_live")
def session_end(request: SignedInRequest, pk: int) -> HttpResponse:
    end_session(session=session_taught(request.user, pk), now=timezone.now())
    return redirect("session_report", pk)


@login_required
@require_GET
def session_report(request: SignedInRequest, pk: int) -> HttpResponse:
    session = session_taught(request.user, pk)
    if session.is_running:
        return redirect("session_live", pk)
    now = timezone.now()
    roll_up(session=session, now=now)
    report = build_session_report(session=session, now=now)
    context = _over(session) | {
        "report": report,
        "summary": report.row.summary,
        "shares": report.row.summary.mean,
        "students": report.row.students,
        "page": _page_of_students(report.row.students, request),
        "comparison": [report.row, *report.earlier],
        "marks": _marks(report.markers, [alert for alert in report.alerts if alert["student"] is None]),
        "faces_compared": has_faces(session.course, [report.row, *report.earlier]),
        "charts": session_charts([report.row, *report.earlier]) if report.earlier else [],
        "came": bool(report.row.students),
        "presence": True,
    }
    return render(request, "classroom/report.html", context)


@login_required
@require_GET
def session_student(request: SignedInRequest, pk: int, student_pk: int) -> HttpResponse:
    """One student in one session, for her teacher."""
    session = session_taught(request.user, pk)
    if session.is_running:
        return redirect("session_live", pk)
    report = build_student_report(session=session, student=student_pk, now=timezone.now())
    if report is None:
        raise Http404
    return _student(request, session, report)


@login_required
@require_GET
def session_attend(request: SignedInRequest, pk: int) -> HttpResponse:
    session = session_attended(request.user, pk)
    if not session.is_running:
        return redirect("session_mine", pk)
    here = reverse("session_attend", args=[pk])
    context = {
        "session": session,
        "consent": consent_in_force(request.user),
        "socket_path": f"/ws/sessions/{pk}/student/",
        "consent_url": f"{reverse('consent')}?next={here}",
    }
    return render(request, "classroom/attend.html", context)


@login_required
@require_GET
def session_mine(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same, for the student herself."""
    session = session_attended(request.user, pk)
    return _student(request, session, build_student_report(session=session, student=request.user, now=timezone.now()))


def _student(request: SignedInRequest, session: ClassSession, report: StudentReport | None) -> HttpResponse:
    context = _over(session) | {
        "report": report,
        "summary": report.summary if report else None,
        "shares": report.summary.shares if report else None,
        "marks": _marks(report.markers, report.alerts) if report else [],
        "is_me": request.user.is_student,
        "came": report is not None,
        "presence": False,
    }
    return render(request, "classroom/student_report.html", context)


def _over(session: ClassSession) -> dict[str, Any]:
    return {"session": session, "course": session.course, "window_s": WINDOW_S}


def _marks(markers: list[MarkerRow], alerts: list[AlertRow]) -> list[dict[str, Any]]:
    """What the timeline marks: the teacher's markers, and when alerts fired."""
    marks: list[dict[str, Any]] = [{"at": marker["at"], "text": marker["text"]} for marker in markers]
    for alert in alerts:
        text = _("Alert: %s") % AlertKind(alert["kind"]).label
        marks.append({"at": alert["fired_at"], "text": text, "isAlert": True})
    return sorted(marks, key=lambda mark: mark["at"])


def _page_of_students(students: list[StudentSummary], request: SignedInRequest) -> Page:
    """Fifty at a time; all of them on the page for printing."""
    per_page = len(students) if request.GET.get("students") == "all" else STUDENTS_PER_PAGE
    return Paginator(students, max(per_page, 1)).get_page(request.GET.get("page"))
