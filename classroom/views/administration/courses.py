"""The list of all courses, changes to several at once, and creating one."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import form_post
from accounts.requests import SignedInRequest
from classroom.domain.courses.changes import archive_course, create_course, restore_course, set_term
from classroom.domain.courses.listings import all_courses
from classroom.domain.courses.terms import term_of_day
from classroom.domain.sessions import SessionAlreadyRunning
from classroom.forms.administration import CourseFilters, CourseForm
from classroom.models import Course, Term
from classroom.models.course import CourseQuerySet
from classroom.path_converters import ids_in
from classroom.views.administration.access import administrators_only
from classroom.views.administration.lists import Column, list_page
from classroom.views.administration.selection import selected_rows

COLUMNS = [
    Column("name", gettext_lazy("Course"), ("sort_key",)),
    Column("teachers", gettext_lazy("Teachers")),
    Column("term", gettext_lazy("Term"), ("term__first_day", "term__name")),
    Column("students", gettext_lazy("Students"), ("students",), numeric=True),
    Column("held", gettext_lazy("Classes held"), ("held",), numeric=True),
    Column("state", gettext_lazy("State")),
]


@require_GET
@administrators_only
def course_list(request: SignedInRequest) -> HttpResponse:
    school = request.user.organisation_id
    found = list_page(request, CourseFilters(request.GET, all_courses(school), request=request), COLUMNS)
    context = {"list": found, "terms": Term.objects.in_organisation(school)}
    return render(request, "administration/courses.html", context)


@require_http_methods(["GET", "POST"])
@administrators_only
def course_new(request: SignedInRequest) -> HttpResponse:
    """Teachers are added on the course's own page, which comes next."""
    school = request.user.organisation_id
    form = CourseForm(
        request.POST if request.method == "POST" else None,
        instance=Course(organisation_id=school),
        initial={"term": term_of_day(school, timezone.localdate())},
    )
    if request.method == "POST" and form.is_valid():
        create_course(course=form.instance)
        messages.success(request, _("“%(course)s” was created. Now choose its teachers.") % {"course": form.instance})
        return redirect("administration:course", form.instance.pk)
    return render(request, "administration/course_new.html", {"form": form}, status=422 if form.errors else 200)


@form_post("administration:courses")
@administrators_only
def courses_change(request: SignedInRequest) -> HttpResponse:
    """Apply the pressed button to all selected courses, and return to the same part of the list."""
    changes = {"set_term": _set_term, "archive": _archive, "restore": _restore}
    change = changes.get(request.POST.get("change", ""))
    if change is None:
        return HttpResponseBadRequest()
    courses = selected_rows(request, CourseFilters, all_courses(request.user.organisation_id))
    if not courses.exists():
        messages.info(request, _("No course was selected."))
    else:
        change(request, courses)
    query = QueryDict(request.POST.get("query", "")).urlencode()
    return redirect(f"{reverse('administration:courses')}?{query}")


def _set_term(request: SignedInRequest, courses: CourseQuerySet) -> None:
    terms = Term.objects.in_organisation(request.user.organisation_id)
    term = terms.filter(pk__in=ids_in([request.POST.get("term", "")])).first()
    n = set_term(courses=courses, term=term)
    if term:
        text = ngettext("%(n)s course is now in %(term)s.", "%(n)s courses are now in %(term)s.", n)
        messages.success(request, text % {"n": n, "term": term})
    else:
        text = ngettext("%(n)s course now has no term.", "%(n)s courses now have no term.", n)
        messages.success(request, text % {"n": n})


def _archive(request: SignedInRequest, courses: CourseQuerySet) -> None:
    archived, running = 0, []
    for course in courses:
        try:
            archived += archive_course(course=course, now=timezone.now())
        except SessionAlreadyRunning:
            running.append(course.name)
    text = ngettext("%(n)s course was archived.", "%(n)s courses were archived.", archived)
    messages.success(request, text % {"n": archived})
    if running:
        text = _("A class is running in these courses, so they were not archived: %(courses)s.")
        messages.warning(request, text % {"courses": ", ".join(running)})


def _restore(request: SignedInRequest, courses: CourseQuerySet) -> None:
    n = sum(restore_course(course=course) for course in courses)
    text = ngettext("%(n)s course was restored.", "%(n)s courses were restored.", n)
    messages.success(request, text % {"n": n})
