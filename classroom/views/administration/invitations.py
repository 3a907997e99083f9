"""Invitations by mail: those that wait for an answer, and new ones."""

from collections import defaultdict

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.invitations.lifecycle import send_invitation, withdraw_invitation
from accounts.models import Invitation
from accounts.models.invitation import InvitationQuerySet
from accounts.requests import SignedInRequest
from classroom.domain.courses.invitations import InviteOutcome, invite_person
from classroom.forms.people import InvitationFilters, InviteForm
from classroom.views.administration.access import administrators_only
from classroom.views.administration.lists import Column, list_page

COLUMNS = [
    Column("invited", gettext_lazy("Invited"), ("invited_at",)),
    Column("email", gettext_lazy("E-mail address"), ("email",)),
    Column("role", gettext_lazy("Role"), ("role", "email")),
    Column("courses", gettext_lazy("Courses")),
    Column("expires", gettext_lazy("State"), ("expires_at",)),
]


@require_GET
@administrators_only
def invitation_list(request: SignedInRequest) -> HttpResponse:
    pending = _pending(request).prefetch_related("courses__course").select_related("invited_by")
    found = list_page(request, InvitationFilters(request.GET, pending), COLUMNS)
    return render(request, "administration/invitations.html", {"list": found, "now": timezone.now()})


@require_http_methods(["GET", "POST"])
@administrators_only
def invite(request: SignedInRequest) -> HttpResponse:
    form = InviteForm(request.POST or None, organisation=request.user.organisation_id)
    if request.method == "POST" and form.is_valid():
        outcomes = defaultdict(list)
        chosen = {name: form.cleaned_data[name] for name in ("role", "course", "language")}
        for email in form.cleaned_data["addresses"]:
            invited = invite_person(email=email, invited_by=request.user, now=timezone.now(), **chosen)
            outcomes[invited.outcome].append(email)
        for outcome, emails in outcomes.items():
            level = messages.SUCCESS if outcome in (InviteOutcome.SENT, InviteOutcome.ENROLLED) else messages.WARNING
            messages.add_message(request, level, _report(outcome, emails))
        return redirect("administration:invitations")
    context = {"form": form, "invitation_days": settings.INVITATION_DAYS}
    return render(request, "administration/invite.html", context, status=422 if form.errors else 200)


@require_POST
@administrators_only
def invitation_resend(request: SignedInRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(_pending(request), pk=pk)
    if send_invitation(invitation=invitation, now=timezone.now()):
        text = _("A new link is on its way to %(email)s. The earlier one no longer works.")
        messages.success(request, text % {"email": invitation.email})
    else:
        messages.error(request, _("The e-mail could not be sent."))
    return redirect("administration:invitations")


@require_POST
@administrators_only
def invitation_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(_pending(request), pk=pk)
    withdraw_invitation(invitation=invitation, now=timezone.now())
    messages.success(request, _("The invitation of %(email)s is withdrawn.") % {"email": invitation.email})
    return redirect("administration:invitations")


def _pending(request: SignedInRequest) -> InvitationQuerySet:
    return Invitation.objects.in_organisation(request.user.organisation_id).pending()


def _report(outcome: InviteOutcome, emails: list[str]) -> str:
    """Report the outcome for these addresses."""
    n = len(emails)
    texts = {
        InviteOutcome.SENT: ngettext("%(n)s invitation sent: %(list)s", "%(n)s invitations sent: %(list)s", n),
        InviteOutcome.NOT_SENT: _("Invited, but the e-mail could not be sent: %(list)s"),
        InviteOutcome.HAS_ACCOUNT: _("Already have an account: %(list)s"),
        InviteOutcome.DEACTIVATED: _(
            "Not invited, because their account is deactivated; activate it on their page: %(list)s"
        ),
        InviteOutcome.STUDENT_ACCOUNT: _(
            "Not made teachers, because they have a student’s account; change the role on their page: %(list)s"
        ),
        InviteOutcome.ELSEWHERE: _("Not invited, because they have accounts at another school: %(list)s"),
        InviteOutcome.ENROLLED: _("Already had an account, and were added to the course: %(list)s"),
        InviteOutcome.IN_COURSE: _("Already in the course: %(list)s"),
        InviteOutcome.OTHER_ROLE: _("Not added to the course, because the account has another role: %(list)s"),
        InviteOutcome.BLOCKED: _("Not added to the course, because a teacher has blocked them: %(list)s"),
        InviteOutcome.ARCHIVED: _("Not added to the course, because it was archived meanwhile: %(list)s"),
    }
    return texts[outcome] % {"n": n, "list": ", ".join(emails)}
