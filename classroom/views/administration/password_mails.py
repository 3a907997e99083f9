"""Mails that let people whose accounts were made for them choose a password: requesting them, and their progress."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.browser_sessions.idle import without_renewal
from accounts.decorators import form_post
from accounts.requests import SignedInRequest
from accounts.sign_in.new_accounts import ask_for_mails, last_mailing
from classroom.domain.people.changes import listed_people
from classroom.forms.people import PeopleFilters
from classroom.tasks import password_mails as tasks
from classroom.views.administration.access import administrators_only
from classroom.views.administration.selection import selected_rows


@require_GET
@administrators_only
def password_mails(request: SignedInRequest) -> HttpResponse:
    mailing = last_mailing(request.user.organisation_id)
    if mailing and mailing.waiting:
        tasks.start()  # a stopped server left them behind
    context = {"mailing": mailing, "link_hours": settings.MAIL_LINK_HOURS}
    return render(request, "administration/password_mails.html", context)


@require_GET
@without_renewal
@administrators_only
def password_mails_progress(request: SignedInRequest) -> JsonResponse:
    mailing = last_mailing(request.user.organisation_id)
    done, total, waits = (mailing.done, mailing.total, mailing.waiting) if mailing else (0, 0, 0)
    return JsonResponse({"busy": waits > 0, "done": done, "total": total})


@form_post("administration:people")
@administrators_only
def password_mails_send(request: SignedInRequest) -> HttpResponse:
    """Request mails to the selected people of the list, or again to those whose mail could not be sent."""
    if "failed" in request.POST:
        mailing = last_mailing(request.user.organisation_id)
        return send_to(request, [user.pk for user in mailing.failed] if mailing else [])
    chosen = selected_rows(request, PeopleFilters, listed_people(request.user.organisation_id))
    return send_to(request, list(chosen.order_by().values_list("pk", flat=True)))


def send_to(request: SignedInRequest, people: Sequence[int]) -> HttpResponse:
    """Request mails to the people with these ids, report who gets none, and show the progress."""
    if not people:
        messages.info(request, _("Nobody was selected."))
        return redirect("administration:people")
    asked = ask_for_mails(people=people, actor=request.user, now=timezone.now())
    if asked.recent:
        text = ngettext(
            "%(n)s person already waits for an e-mail or got one within the last ten minutes.",
            "%(n)s people already wait for an e-mail or got one within the last ten minutes.",
            asked.recent,
        )
        messages.info(request, text % {"n": asked.recent})
    if asked.others:
        text = ngettext(
            "%(n)s person gets no e-mail: they can sign in already, or are deactivated.",
            "%(n)s people get no e-mail: they can sign in already, or are deactivated.",
            asked.others,
        )
        messages.info(request, text % {"n": asked.others})
    if not asked.due and not asked.recent:
        return redirect("administration:people")
    tasks.start()
    return redirect("administration:password_mails")
