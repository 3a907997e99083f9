"""Pages of one session: the live dashboard, a student's page in class, and the reports afterwards."""

from typing import Any

from csp.constants import WASM_UNSAFE_EVAL
from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.decorators import form_post
from accounts.requests import SignedInRequest
from accounts.security_log.events import LIVE_AGAIN_S
from classroom.domain.alerts.records import AlertRow
from classroom.domain.consent.consents import class_consent, consent_in_class, has_agreed_for_class, lacks_guardian
from classroom.domain.history.comparison import has_faces
from classroom.domain.history.rollups import roll_up
from classroom.domain.history.session_report import (
    StudentReport,
    build_session_report,
    build_student_report,
    gravest_alerts,
)
from classroom.domain.markers import MarkerRow
from classroom.domain.permissions import may_teach
from classroom.domain.sessions import end_session
from classroom.forms.alerts import WORDING
from classroom.forms.markers import MarkerForm
from classroom.measures import WINDOW_S
from classroom.models import ClassSession
from classroom.views.access import session_for_staff, session_for_student, session_for_teacher
from classroom.views.charts import session_charts
from classroom.views.comparison import shows_faces
from classroom.views.courses import join_url
from classroom.views.pagination import page_of_students
from classroom.views.table_files import format_choices
from classroom.views.viewing import records_view


@login_required
@require_GET
@records_view("session_live", again_after_s=LIVE_AGAIN_S)
def session_live(request: SignedInRequest, pk: int) -> HttpResponse:
    session = session_for_staff(request.user, pk)
    if not session.is_running:
        return redirect("session_report", pk)
    context = {
        "session": session,
        "course": session.course,
        "consent": class_consent(session=session),
        "faces": session.course.reads_faces,
        "state_url": reverse("api_session_live", args=[pk]),
        "socket_path": f"/ws/sessions/{pk}/teacher/",
        "end_url": reverse("session_end", args=[pk]),
        "join_url": join_url(request, session.course),
        "has_joined": session.attendances.exists(),
        "may_teach": may_teach(request.user, session.course),
    }
    return render(request, "classroom/live.html", context)


@form_post("session_live")
def session_end(request: SignedInRequest, pk: int) -> HttpResponse:
    end_session(session=session_for_teacher(request.user, pk), now=timezone.now())
    return redirect("session_report", pk)


@login_required
@require_GET
@records_view("session_report")
def session_report(request: SignedInRequest, pk: int) -> HttpResponse:
    session = session_for_staff(request.user, pk)
    if session.is_running:
        return redirect("session_live", pk)
    return report_page(request, session, MarkerForm(session=session))


def report_page(
    request: SignedInRequest, session: ClassSession, marker_form: MarkerForm, status: int = 200
) -> HttpResponse:
    """The report of an ended session, with the form that lets its staff add a marker."""
    now = timezone.now()
    roll_up(session=session, now=now)
    report = build_session_report(session=session, now=now)
    students = report.row.students
    faces = has_faces(report.row)
    compared = [report.row, *report.earlier]
    context = _context(session) | {
        "report": report,
        "summary": report.row.summary,
        "faces": faces,
        "student_faces": faces and not session.is_anonymous,
        "shares": report.row.summary.mix,
        "students": students,
        "page": page_of_students(students, request),
        "comparison": compared,
        "events": _events(report.markers, report.alerts),
        "gravest": _gravest_events(report.markers, report.alerts),
        "marks": _timeline_marks(report.markers, [alert for alert in report.alerts if alert["student"] is None]),
        "faces_compared": shows_faces(session.course, compared),
        "charts": session_charts(compared) if report.earlier else [],
        "has_timeline": bool(students),
        "formats": format_choices(request),
        "presence": True,
        "may_teach": may_teach(request.user, session.course),
        "marker_form": marker_form,
    }
    return render(request, "classroom/report.html", context, status=status)


@login_required
@require_GET
@records_view("session_student")
def session_student(request: SignedInRequest, pk: int, student_pk: int) -> HttpResponse:
    """The report about one student, for the staff of the course."""
    session = session_for_staff(request.user, pk)
    if session.is_running:
        return redirect("session_live", pk)
    report = build_student_report(session=session, student=student_pk, now=timezone.now())
    if report is None:
        raise Http404
    return _student_report(request, session, report, is_me=False)


# LiteRT, which finds faces in the browser, is WebAssembly.
@csp_update({"script-src": [WASM_UNSAFE_EVAL]})  # type: ignore[arg-type]  # knows no SignedInRequest
@login_required
@require_GET
def session_attend(request: SignedInRequest, pk: int) -> HttpResponse:
    session = session_for_student(request.user, pk)
    if not session.is_running:
        return redirect("session_mine", pk)
    here = reverse("session_attend", args=[pk])
    lacks = lacks_guardian(request.user, course=session.course)
    context = {
        "session": session,
        "consent": consent_in_class(request.user, session=session),
        "lacks_guardian": lacks,
        "has_agreed": lacks and has_agreed_for_class(request.user, session=session),
        "socket_path": f"/ws/sessions/{pk}/student/",
        "consent_url": f"{reverse('course_consent', args=[session.course_id])}?next={here}",
    }
    return render(request, "classroom/attend.html", context)


@login_required
@require_GET
def session_mine(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same report as `session_student`, for the student themselves."""
    session = session_for_student(request.user, pk)
    report = build_student_report(session=session, student=request.user, now=timezone.now(), own=True)
    return _student_report(request, session, report, is_me=True)


def _student_report(
    request: SignedInRequest, session: ClassSession, report: StudentReport | None, *, is_me: bool
) -> HttpResponse:
    """`report` is None for a student who never joined the session."""
    was_read = report is not None and report.summary.was_read
    context = _context(session) | {
        "report": report,
        "summary": report.summary if report else None,
        "faces": was_read or (session.had_cameras and (is_me or not session.is_anonymous)),
        "shares": report.summary.mix if report else None,
        "events": _events(report.markers, report.alerts) if report else [],
        "gravest": _gravest_events(report.markers, report.alerts) if report else [],
        "marks": _timeline_marks(report.markers, report.alerts) if report else [],
        "is_me": is_me,
        "formats": format_choices(request),
        "has_timeline": report is not None,
        "presence": False,
    }
    return render(request, "classroom/student_report.html", context)


def _context(session: ClassSession) -> dict[str, Any]:
    return {"session": session, "course": session.course, "window_s": WINDOW_S}


def _events(markers: list[MarkerRow], alerts: list[AlertRow]) -> list[dict[str, Any]]:
    """Return markers and alerts together, in the order in which they happened."""
    events: list[dict[str, Any]] = [{"at": marker["at"], "marker": marker} for marker in markers]
    events += [{"at": alert["fired_at"], "alert": alert} for alert in alerts]
    return sorted(events, key=lambda event: event["at"])


def _gravest_events(markers: list[MarkerRow], alerts: list[AlertRow]) -> list[dict[str, Any]]:
    """Return the events to show first if there are too many alerts to show all, or none."""
    gravest = gravest_alerts(alerts)
    return _events(markers, gravest) if gravest else []


def _timeline_marks(markers: list[MarkerRow], alerts: list[AlertRow]) -> list[dict[str, Any]]:
    """Return the vertical lines of the timeline in order: the teacher's markers, and when alerts fired."""
    marks: list[dict[str, Any]] = [{"at": marker["at"], "text": marker["text"]} for marker in markers]
    for alert in alerts:
        text = _("Alert: %s") % WORDING[alert["kind"]].title
        marks.append({"at": alert["fired_at"], "text": text, "isAlert": True})
    return sorted(marks, key=lambda mark: mark["at"])
