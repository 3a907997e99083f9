"""A teacher's changes to a class itself: renaming and deleting it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.decorators import form_post
from accounts.requests import SignedInRequest
from classroom.domain.sessions import SessionStillRunning, delete_session, rename_session, session_contents
from classroom.forms.courses import TopicForm
from classroom.models import ClassSession
from classroom.views.access import session_for_teacher


@login_required
@require_GET
def session_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    session = session_for_teacher(request.user, pk)
    return _page(request, session, TopicForm(instance=session))


@form_post("session_edit")
def session_rename(request: SignedInRequest, pk: int) -> HttpResponse:
    session = session_for_teacher(request.user, pk)
    form = TopicForm(request.POST)
    if not form.is_valid():
        return _page(request, session, form, status=422)
    rename_session(session=session, topic=form.cleaned_data["topic"])
    return redirect("session_live" if session.is_running else "session_report", pk)


@form_post("session_edit")
def session_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    session = session_for_teacher(request.user, pk)
    course, topic = session.course, session.topic
    if "sure" not in request.POST:
        return redirect("session_edit", pk)
    try:
        delete_session(session=session)
    except SessionStillRunning:
        messages.error(request, _("“%(topic)s” is still running. End it first.") % {"topic": topic})
        return redirect("session_edit", pk)
    messages.success(request, _("“%(topic)s” was deleted with everything recorded in it.") % {"topic": topic})
    return redirect("course_detail", course.pk)


def _page(request: SignedInRequest, session: ClassSession, form: TopicForm, status: int = 200) -> HttpResponse:
    context = {
        "session": session,
        "course": session.course,
        "topic_form": form,
        "contents": None if session.is_running else session_contents(session),
    }
    return render(request, "classroom/session_edit.html", context, status=status)
