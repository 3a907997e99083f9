"""One person's page for administrators: their data, courses and sign-ins, and changes to the account."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import form_post
from accounts.email.change import AddressTaken
from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.security_log.events import record_view
from accounts.sign_in.password_links import mail_password_link, make_password_link
from classroom.domain.audit import audit_rows
from classroom.domain.people import changes
from classroom.domain.people.changes import OwnAccount
from classroom.domain.people.deletion import NotATeacher, StillNeeded, held_data, why_still_needed
from classroom.domain.permissions import may_change_account
from classroom.forms.people import PersonForm, SuccessorForm
from classroom.models import Course
from classroom.views.administration.access import administrators_only, changeable_person, person_of_school


@require_GET
@administrators_only
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    person = person_of_school(request, pk)
    record_view("person", actor=request.user, subject=pk)
    return _page(request, person)


@require_http_methods(["GET", "POST"])
@administrators_only
def person_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    person = changeable_person(request, pk)
    form = PersonForm(request.POST or None, instance=changeable_person(request, pk))
    if request.method == "POST" and form.is_valid():
        try:
            changes.change_person(user=person, by=request.user, changed=form.changed_data, values=form.cleaned_data)
        except AddressTaken:
            form.add_error("email", _("Another account has this address."))
        except OwnAccount:
            form.add_error("role", _("Another administrator has to change your role."))
        except StillNeeded as needed:
            form.add_error("role", needed_text(needed))
        else:
            messages.success(request, _("Saved."))
            return redirect("administration:person", pk)
    context = {"person": person, "form": form}
    return render(request, "administration/person_edit.html", context, status=422 if form.errors else 200)


@form_post("administration:person")
@administrators_only
def person_password(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mail the link to choose a password, or show it once."""
    person = changeable_person(request, pk)
    if not person.is_active:
        raise Http404
    if "show" in request.POST:
        return _page(request, person, password_link=make_password_link(person))
    if mail_password_link(person):
        messages.success(request, _("The link is on its way to %(email)s.") % {"email": person.email})
    else:
        messages.error(request, _("The e-mail could not be sent. Show the link and hand it over yourself."))
    return redirect("administration:person", pk)


@form_post("administration:person")
@administrators_only
def person_sign_out(request: SignedInRequest, pk: int) -> HttpResponse:
    person = changeable_person(request, pk)
    changes.sign_out_everywhere(person)
    messages.success(request, _("%(name)s is signed out on every device.") % {"name": person.display_name})
    return redirect("administration:person", pk)


@form_post("administration:person")
@administrators_only
def person_activate(request: SignedInRequest, pk: int) -> HttpResponse:
    person = changeable_person(request, pk)
    changes.activate_person(user=person)
    messages.success(request, _("%(name)s can sign in again.") % {"name": person.display_name})
    return redirect("administration:person", pk)


@require_http_methods(["GET", "POST"])
@administrators_only
def person_deactivate(request: SignedInRequest, pk: int) -> HttpResponse:
    return _confirm_account_end(request, pk, is_deletion=False)


@require_http_methods(["GET", "POST"])
@administrators_only
def person_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    return _confirm_account_end(request, pk, is_deletion=True)


def needed_text(needed: StillNeeded) -> str:
    if not needed.courses:
        return _("This is the last administrator. Make somebody else an administrator first.")
    names = ", ".join(f"“{course}”" for course in needed.courses)
    return _("No other teacher is in %(courses)s. Add one there first.") % {"courses": names}


def _confirm_account_end(request: SignedInRequest, pk: int, *, is_deletion: bool) -> HttpResponse:
    """Explain the effect, ask who takes over courses without another teacher, and delete or deactivate the account."""
    person = changeable_person(request, pk)
    needed = why_still_needed(person)
    form = SuccessorForm(request.POST or None, leaving=person) if needed and needed.courses else None
    may_leave = person.pk != request.user.pk and not (needed and not needed.courses)
    if request.method == "POST" and may_leave and (form is None or form.is_valid()):
        successor = form.cleaned_data["successor"] if form else None
        try:
            return _end_account(request, person, successor, is_deletion)
        except (StillNeeded, OwnAccount):  # changed in the meantime; the page shows the reason
            return redirect(request.path)
        except NotATeacher:
            if form and successor:
                form.add_error("successor", _cannot_take_over(successor))
    context: dict[str, Any] = {
        "person": person,
        "form": form,
        "needed": needed,
        "may_leave": may_leave,
        "held": held_data(person),
        "is_deletion": is_deletion,
        "security_log_days": settings.SECURITY_LOG_DAYS,
    }
    is_refused = request.method == "POST"
    return render(request, "administration/person_leave.html", context, status=422 if is_refused else 200)


def _cannot_take_over(teacher: User) -> str:
    text = _("%(name)s attends one of these courses as a student, or can no longer teach. Choose somebody else.")
    return text % {"name": teacher.display_name}


def _end_account(request: SignedInRequest, person: User, successor: User | None, is_deletion: bool) -> HttpResponse:
    name = person.display_name
    if is_deletion:
        changes.delete_person(user=person, by=request.user, successor=successor, now=timezone.now())
        messages.success(request, _("The account of %(name)s is deleted.") % {"name": name})
        return redirect("administration:people")
    changes.deactivate_person(user=person, by=request.user, successor=successor)
    messages.success(request, _("%(name)s can no longer sign in.") % {"name": name})
    return redirect("administration:person", person.pk)


def _page(request: SignedInRequest, person: User, password_link: str = "") -> HttpResponse:
    events = list(changes.latest_events(person))
    context = {
        "person": person,
        "password_link": password_link,
        "may_change": may_change_account(request.user, person),
        "is_self": person.pk == request.user.pk,
        "is_confirmed": changes.has_confirmed_address(person),
        "taught": Course.objects.taught_by(person),
        "assisted": Course.objects.filter(assistants=person),
        "attended": Course.objects.attended_by(person),
        "namesakes": changes.namesakes(person).count(),
        "events": zip(events, audit_rows(events), strict=True),
        "link_hours": settings.MAIL_LINK_HOURS,
    }
    return render(request, "administration/person.html", context)
