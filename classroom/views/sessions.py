from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.consent import consent_in_force
from accounts.forms_sent import sent_from
from accounts.requests import SignedInRequest
from classroom.domain.report import session_summary, student_summaries
from classroom.domain.sessions import end_session
from classroom.domain.timeline import class_timeline, student_timeline
from classroom.measures import WINDOW_S
from classroom.views.access import session_attended, session_taught


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


@sent_from("session_live")
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
    students = student_summaries(session=session, now=now)
    summary = session_summary(session=session, students=students)
    context = {
        "session": session,
        "course": session.course,
        "duration": session.duration,
        "summary": summary,
        "mean": summary.mean,
        "students": students,
        "timeline": class_timeline(session=session, until=now),
        "window_s": WINDOW_S,
    }
    return render(request, "classroom/report.html", context)


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
    session = session_attended(request.user, pk)
    now = timezone.now()
    me = next(iter(student_summaries(session=session, now=now, student=request.user)), None)
    timeline = student_timeline(session=session, student=request.user, until=now) if me else []
    context = {"session": session, "me": me, "timeline": timeline, "window_s": WINDOW_S}
    return render(request, "classroom/mine.html", context)
