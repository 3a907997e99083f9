"""Merging two accounts of one person: choosing the other account, a preview, and the merger."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.requests import SignedInRequest
from classroom.domain.people.changes import namesakes
from classroom.domain.people.merging import MergeRefused, merge_accounts, preview_merge
from classroom.views.administration.access import administrators_only, changeable_person
from classroom.views.administration.selection import people_found


@require_GET
@administrators_only
def person_merge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose the other account by a search."""
    kept = changeable_person(request, pk)
    search = request.GET.get("search", "").strip()
    others = User.objects.in_organisation(request.user.organisation_id).exclude(pk=pk)
    found, more = people_found(others if search else namesakes(kept), search)
    context = {"person": kept, "search": search, "found": found, "more": more}
    return render(request, "administration/person_merge.html", context)


@require_http_methods(["GET", "POST"])
@administrators_only
def person_merge_with(request: SignedInRequest, pk: int, other_pk: int) -> HttpResponse:
    """Preview the merger, and merge once it is confirmed."""
    kept, merged = changeable_person(request, pk), changeable_person(request, other_pk)
    try:
        preview = preview_merge(kept=kept, merged=merged, by=request.user)
        if request.method == "POST":
            merge_accounts(kept=kept, merged=merged, by=request.user, now=timezone.now())
            text = _("The accounts were merged into %(name)s, %(email)s.")
            messages.success(request, text % {"name": kept.name, "email": kept.email})
            return redirect("administration:person", pk)
    except MergeRefused as refusal:
        preview, why = None, _reason(refusal)
    else:
        why = ""
    context = {
        "person": kept,
        "merged": merged,
        "preview": preview,
        "role": User.Role(preview.role).label if preview else "",
        "why": why,
    }
    return render(request, "administration/person_merge_with.html", context, status=422 if why else 200)


def _reason(refusal: MergeRefused) -> str:
    return {
        MergeRefused.SAME: _("Both are the same account."),
        MergeRefused.OWN: _("This is your own account. Keep it, and merge the other one into it."),
        MergeRefused.ADMINISTRATOR: _("The other account is an administrator’s, and this one is not."),
        MergeRefused.INACTIVE: _("This account is deactivated. Activate it first, or keep the other one."),
        MergeRefused.TEACHES: _("The other account is the only teacher of a course. Add another teacher there first."),
        MergeRefused.IN_CLASS: _("One of the accounts is in a class that is running. Wait until it is over."),
        MergeRefused.ELSEWHERE: _("You may not change one of the accounts."),
        MergeRefused.PENDING: _("Some readings wait for the database. Try again in a minute."),
    }[refusal.reason]
