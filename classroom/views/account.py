"""The account page: who the user is, what is held about them, and how they download it or leave."""

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import form_post
from accounts.email.sending import send_or_log
from accounts.forms import ProfileForm
from accounts.languages import use_language
from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.second_factors.requirement import has_second_factor
from classroom.domain.audit import audit_rows, looked_at_days, looks_at
from classroom.domain.consent.consents import consents_by_course
from classroom.domain.courses.membership import leave_course
from classroom.domain.courses.staff import remove_assistant
from classroom.domain.people.deletion import StillNeeded, delete_account, held_data, show_new_name, why_still_needed
from classroom.domain.permissions import CourseRole, has_student_pages, role_in
from classroom.domain.personal_data.export import personal_data_chunks
from classroom.domain.personal_data.registry import kept_about
from classroom.domain.retention import school_retention_days
from classroom.models import Course
from classroom.views.downloads import as_attachment, stream_response
from classroom.views.personal_data_files import zip_chunks
from classroom.views.throttling import PersonalDataThrottle, refuse_class_change, throttle

LOOKS_PER_PAGE = 50
LATEST_LOOKS = 5


@require_http_methods(["GET", "POST"])
@login_required
def account(request: SignedInRequest) -> HttpResponse:
    user = request.user
    initial = {"name": user.name, "language": user.language, "time_zone": user.time_zone}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if "name" in form.changed_data and (refusal := refuse_class_change(request)):
            return refusal
        form.save(user)
        if "name" in form.changed_data:
            show_new_name(user)
        response = redirect("account")
        if "language" in form.changed_data:
            use_language(response, user.language)
        with translation.override(user.language or translation.get_language()):
            messages.success(request, _("Saved."))
        return response
    context = {
        "form": form,
        "held": held_data(user, own=True),
        "has_second_factor": has_second_factor(user),
        "courses_taught": Course.objects.taught_by(user),
        "courses_assisted": user.courses_assisted.all(),
        "courses": Course.objects.attended_by(user),
        "has_student_pages": has_student_pages(user),
        "looks": audit_rows(list(looks_at(user, now=timezone.now())[:LATEST_LOOKS])),
        "looked_at_days": looked_at_days(),
        "consents": consents_by_course(user),
    }
    return render(request, "account/account.html", context, status=422 if form.errors else 200)


@require_GET
def former_time_zone_page(request: HttpRequest) -> HttpResponse:
    return redirect(f"{reverse('account')}#id_time_zone")


@login_required
@require_GET
def account_kept(request: SignedInRequest) -> HttpResponse:
    """Show everything that is kept about the user, and how to download and erase it."""
    days = school_retention_days(request.user.organisation)
    return render(request, "account/kept.html", {"kept": kept_about(request.user, class_days=days)})


@login_required
@require_GET
def account_looks(request: SignedInRequest) -> HttpResponse:
    """List who opened or downloaded what about the user."""
    looks = Paginator(looks_at(request.user, now=timezone.now()), LOOKS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": looks, "rows": audit_rows(list(looks.object_list)), "days": looked_at_days()}
    return render(request, "account/looks.html", context)


@login_required
@require_GET
@throttle(PersonalDataThrottle)
def account_data(request: SignedInRequest) -> HttpResponseBase:
    """Everything that is stored about the user, and nothing about anyone else."""
    chunks = personal_data_chunks(request.user)
    response = stream_response(request, chunks, content_type="application/json")
    return as_attachment(response, f"attune-{timezone.localdate().isoformat()}.json")


@login_required
@require_GET
@throttle(PersonalDataThrottle)
def account_tables(request: SignedInRequest) -> HttpResponseBase:
    """The same as `account_data`, one CSV file for each kind of data."""
    response = stream_response(request, zip_chunks(request.user), content_type="application/zip")
    return as_attachment(response, f"attune-{timezone.localdate().isoformat()}.zip")


@form_post("course_detail")
def course_leave(request: SignedInRequest, pk: int) -> HttpResponse:
    """End the user's enrolment in the course, or their role as its assistant."""
    course = get_object_or_404(Course, pk=pk)
    if role_in(course, request.user) not in (CourseRole.STUDENT, CourseRole.ASSISTANT):
        raise Http404
    if refusal := refuse_class_change(request):
        return refusal
    if remove_assistant(course=course, user=request.user):
        messages.success(request, _("You no longer assist in %(course)s.") % {"course": course})
    elif leave_course(course=course, student=request.user):
        messages.success(request, _("You have left %(course)s. You can still see your data.") % {"course": course})
    return redirect("account")


@require_http_methods(["GET", "POST"])
@login_required
@reauthentication_required(app="allauth.account")
def account_delete(request: SignedInRequest) -> HttpResponse:
    """Say what will be deleted, with numbers, and delete it. The user entered their password minutes ago."""
    user, error = request.user, ""
    if request.method == "POST":
        if request.POST.get("sure") == "on" and _delete(request, user):
            return redirect("home")
        error = _("Tick the box to delete your account.")
    context = {
        "held": held_data(user, own=True),
        "has_student_pages": has_student_pages(user),
        "needed": why_still_needed(user),
        "error": error,
        "security_log_days": settings.SECURITY_LOG_DAYS,
    }
    return render(request, "account/delete.html", context, status=422 if error else 200)


def _deleted_text(days: int) -> str:
    """`days`: how long account activity is kept, 0 for forever."""
    if not days:
        return _("Your account is deleted, with everything about you except account activity, which does not name you.")
    text = ngettext(
        "Your account is deleted, with everything about you except account activity, which does not name you and is "
        "deleted after %(n)s day.",
        "Your account is deleted, with everything about you except account activity, which does not name you and is "
        "deleted after %(n)s days.",
        days,
    )
    return text % {"n": days}


def _delete(request: SignedInRequest, user: User) -> bool:
    """Delete the account, sign out and notify the user by mail. Return False if others depend on the account."""
    address, language = user.email, user.language
    try:
        delete_account(user, now=timezone.now())
    except StillNeeded:
        return False
    request.session.flush()
    request.user = AnonymousUser()  # type: ignore[assignment]
    days = settings.SECURITY_LOG_DAYS
    messages.success(request, _deleted_text(days))
    context, purpose = {"security_log_days": days}, "notify the owner of a deleted account"
    with translation.override(language or translation.get_language()):
        send_or_log("account/email/account_deleted", address, context, purpose=purpose)
    return True
