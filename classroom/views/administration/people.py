"""The list of all people, and creating an account."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Invitation, User
from accounts.requests import SignedInRequest
from classroom.domain.people.changes import create_person, listed_people
from classroom.forms.people import PeopleFilters, PersonForm
from classroom.views.administration.access import administrators_only
from classroom.views.administration.lists import Column, list_page

COLUMNS = [
    Column("name", gettext_lazy("Name"), ("sort_key",)),
    Column("role", gettext_lazy("Role"), ("role", "sort_key")),
    Column("school-id", gettext_lazy("School’s ID"), ("school_id",)),
    Column("courses", gettext_lazy("Courses"), ("courses",), numeric=True),
    Column("last-sign-in", gettext_lazy("Last sign-in"), ("last_login",)),
    Column("state", gettext_lazy("State"), ("is_active", "sort_key")),
]


@require_GET
@administrators_only
def people_list(request: SignedInRequest) -> HttpResponse:
    if request.GET.get("state") == "invited":  # they have no accounts yet
        query = urlencode({"search": request.GET.get("search", "")})
        return redirect(f"{reverse('administration:invitations')}?{query}")
    school = request.user.organisation_id
    found = list_page(request, PeopleFilters(request.GET, listed_people(school), request=request), COLUMNS)
    context = {"list": found, "invited": Invitation.objects.in_organisation(school).pending().count()}
    return render(request, "administration/people.html", context)


@require_http_methods(["GET", "POST"])
@administrators_only
def person_new(request: SignedInRequest) -> HttpResponse:
    """Create an account. The person's page, which follows, offers the link to choose a password."""
    school = request.user.organisation_id
    form = PersonForm(request.POST or None, instance=User(organisation_id=school))
    if request.method == "POST" and form.is_valid():
        person = create_person(organisation_id=school, **form.cleaned_data)
        text = _("The account of %(name)s is ready. Now send the link with which they choose their password.")
        messages.success(request, text % {"name": person.name})
        return redirect("administration:person", person.pk)
    return render(request, "administration/person_new.html", {"form": form}, status=422 if form.errors else 200)
