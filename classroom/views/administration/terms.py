from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import form_post
from accounts.requests import SignedInRequest
from classroom.domain.courses.terms import delete_term, save_term, terms
from classroom.forms.administration import TermFilters, TermForm
from classroom.models import Term
from classroom.views.administration.access import administrators_only
from classroom.views.administration.lists import Column, list_page

COLUMNS = [
    Column("name", gettext_lazy("Name"), ("name",)),
    Column("first_day", gettext_lazy("First day"), ("first_day",)),
    Column("last_day", gettext_lazy("Last day"), ("last_day",)),
    Column("courses", gettext_lazy("Current courses"), ("current_courses",), numeric=True),
    Column("all_courses", gettext_lazy("All courses"), ("all_courses",), numeric=True),
]


@require_GET
@administrators_only
def term_list(request: SignedInRequest) -> HttpResponse:
    found = list_page(
        request, TermFilters(request.GET, terms(request.user.organisation_id)), COLUMNS, default_sort="-first_day"
    )
    return render(request, "administration/terms.html", {"list": found})


@require_http_methods(["GET", "POST"])
@administrators_only
def term_new(request: SignedInRequest) -> HttpResponse:
    return _edit(request, Term(organisation_id=request.user.organisation_id))


@require_http_methods(["GET", "POST"])
@administrators_only
def term_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(terms(request.user.organisation_id), pk=pk))


@form_post("administration:term")
@administrators_only
def term_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    term = get_object_or_404(Term.objects.in_organisation(request.user.organisation_id), pk=pk)
    delete_term(term=term)
    messages.success(request, _("The term “%(term)s” was deleted. Its courses stay.") % {"term": term})
    return redirect("administration:terms")


def _edit(request: SignedInRequest, term: Term) -> HttpResponse:
    name = term.name  # the form changes the term even if it is invalid
    form = TermForm(request.POST if request.method == "POST" else None, instance=term)
    if request.method == "POST" and form.is_valid():
        save_term(term=form.instance)
        messages.success(request, _("The term “%(term)s” was saved.") % {"term": form.instance})
        return redirect("administration:terms")
    context = {"term": term, "name": name, "form": form}
    return render(request, "administration/term.html", context, status=422 if form.errors else 200)
