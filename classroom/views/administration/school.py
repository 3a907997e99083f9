"""The page on which a school's administrators change how it looks: its name, colour and logo."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.organisations.changes import change_looks
from accounts.organisations.forms import LooksForm
from accounts.requests import SignedInRequest
from classroom.views.administration.access import administrators_only


@require_http_methods(["GET", "POST"])
@administrators_only
def school(request: SignedInRequest) -> HttpResponse:
    organisation = request.user.organisation
    is_sent = request.method == "POST"
    form = LooksForm(request.POST if is_sent else None, request.FILES if is_sent else None, organisation=organisation)
    if is_sent and form.is_valid():
        data = form.cleaned_data
        change_looks(
            organisation=organisation,
            name=data["name"],
            colour=data["colour"],
            png=form.png,
            without_logo=data.get("without_logo", False),
        )
        messages.success(request, _("Saved."))
        return redirect("administration:school")
    context = {"form": form, "organisation": organisation}
    return render(request, "administration/school.html", context, status=422 if form.errors else 200)
