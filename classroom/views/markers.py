"""Markers that teachers add to the report of a class, or remove from it."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.decorators import form_post
from accounts.requests import SignedInRequest
from classroom.domain.markers import TooManyMarkers, add_marker, remove_marker
from classroom.forms.markers import MarkerChoiceForm, MarkerForm
from classroom.models import ClassSession
from classroom.views.access import session_for_staff
from classroom.views.sessions import report_page


@form_post("session_report")
def report_marker_add(request: SignedInRequest, pk: int) -> HttpResponse:
    session = session_for_staff(request.user, pk)
    if session.is_running:
        return redirect("session_live", pk)
    form = MarkerForm(request.POST, session=session)
    if form.is_valid():
        try:
            add_marker(session=session, author=request.user, **form.cleaned_data)
            return _redirect_to_timeline(session)
        except TooManyMarkers as error:
            form.add_error(None, str(error))
    return report_page(request, session, form, status=422)


@form_post("session_report")
def report_marker_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    session = session_for_staff(request.user, pk)
    form = MarkerChoiceForm(request.POST, session=session)
    if not form.is_valid():
        raise Http404
    remove_marker(marker=form.cleaned_data["marker"])
    return _redirect_to_timeline(session)


def _redirect_to_timeline(session: ClassSession) -> HttpResponse:
    return redirect(reverse("session_report", args=[session.pk]) + "#timeline-title")
