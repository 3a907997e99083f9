from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from classroom.domain.courses.changes import create_course
from classroom.domain.courses.terms import term_of_day
from classroom.domain.permissions import may_create_courses
from classroom.forms.administration import CourseForm
from classroom.models import Course


@require_http_methods(["GET", "POST"])
@login_required
def course_new(request: SignedInRequest) -> HttpResponse:
    """Create the teacher's own course, if TEACHERS_CREATE_COURSES is on."""
    if not may_create_courses(request.user):
        raise Http404
    school = request.user.organisation_id
    form = CourseForm(
        request.POST if request.method == "POST" else None,
        instance=Course(organisation_id=school),
        initial={"term": term_of_day(school, timezone.localdate())},
    )
    if request.method == "POST" and form.is_valid():
        create_course(course=form.instance, teachers=[request.user])
        messages.success(request, _("“%(course)s” was created.") % {"course": form.instance})
        return redirect("course_detail", form.instance.pk)
    return render(request, "classroom/course_new.html", {"form": form}, status=422 if form.errors else 200)
