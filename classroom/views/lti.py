"""The page that a launch opens once its person is signed in: a course or class, or a choice of one for a teacher."""

from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from lti_tool.models import LtiDeployment

from accounts.lti.messages import deep_link_answer
from accounts.lti.pending import DeepLinkRequest, Launch, forget_launch, remembered_launch
from accounts.lti.people import user_of_launch
from accounts.lti.views import launch_closed
from accounts.requests import SignedInRequest
from classroom.domain.courses.changes import create_course
from classroom.domain.courses.joining import BlockedFromCourse, JoiningClosed, MayNotEnrol, RemovedFromCourse
from classroom.domain.courses.lti_links import (
    CourseIsArchived,
    NoCourseRole,
    course_of,
    enter_course,
    link_course,
    remember_context,
    session_of,
)
from classroom.domain.courses.staff import MayNotBeStaff
from classroom.domain.permissions import CourseRole
from classroom.forms.lti import NEW_COURSE, CourseChoiceForm
from classroom.models import ClassSession, Course
from classroom.views.access import course_for_teacher, session_for_teacher


@login_required
@require_GET
def open_launch(request: SignedInRequest) -> HttpResponse:
    """Give the person their role in the course, and open it. A class itself asks for consent, and no camera turns
    on."""
    launch = remembered_launch(request)
    if launch is None:
        return launch_closed(request)
    if user_of_launch(launch) != request.user:
        return redirect("lti_sign_in")
    if launch.deep_link:
        return redirect("lti_deep_link")
    course = course_of(launch)
    if course is None:
        if launch.role == CourseRole.TEACHER:
            return redirect("lti_course")
        return _refusal(request, _("Your teacher has not linked this course yet. Ask them to open it first."))
    try:
        role = enter_course(course=course, user=request.user, role=launch.role)
    except NoCourseRole:
        text = _("The learning platform gave you no role we know (teacher, assistant or student). Ask your teacher.")
        return _refusal(request, text)
    except MayNotBeStaff:
        text = _("Your account is not a teacher’s. An administrator can change that; then open the course again.")
        return _refusal(request, text)
    except RemovedFromCourse:
        return _refusal(request, _("You were removed from this course. Your teacher can let you in again."))
    except BlockedFromCourse:
        text = _("You cannot join this course. Ask your teacher if you think this is a mistake.")
        return _refusal(request, text)
    except CourseIsArchived:
        return _refusal(request, _("This course is archived: its members cannot be changed."))
    except JoiningClosed:
        return _refusal(request, _("This course takes no new students at the moment. Ask your teacher."))
    except MayNotEnrol:
        return _refusal(request, _("This account cannot join this course. Sign in with another one."))
    if launch.role == role == CourseRole.TEACHER:
        remember_context(launch)
    forget_launch(request)
    return _open(course, session_of(launch, course), role)


@login_required
@require_http_methods(["GET", "POST"])
def course_choice(request: SignedInRequest) -> HttpResponse:
    """Let a teacher say which course here belongs to the launch."""
    launch = _teacher_launch(request)
    if launch is None or launch.deep_link:
        return launch_closed(request)
    if course_of(launch):  # linked meanwhile, by another teacher or a second click
        return redirect("lti_open")
    form = _choice_form(request, launch)
    if request.method != "POST" or not form.is_valid():
        return _choices(request, launch, form)
    _link_chosen(request, launch, form.cleaned_data["choice"])
    return redirect("lti_open")


@login_required
@require_http_methods(["GET", "POST"])
def deep_link(request: SignedInRequest) -> HttpResponse:
    """Let a teacher choose what a link on the platform opens, and give the signed answer to their browser."""
    launch = _teacher_launch(request)
    if launch is None or launch.deep_link is None:
        return launch_closed(request)
    form = _choice_form(request, launch)
    if request.method != "POST" or not form.is_valid():
        return _choices(request, launch, form)
    course, session = _link_chosen(request, launch, form.cleaned_data["choice"])
    custom = {"attune_session": str(session.pk)} if session else {}
    answer = deep_link_answer(
        deployment=get_object_or_404(LtiDeployment, pk=launch.deployment),
        request=launch.deep_link,
        title=session.topic if session else course.name,
        custom={"attune_course": str(course.pk), **custom},
    )
    forget_launch(request)
    return _answer_page(request, launch.deep_link, course, answer)


def _teacher_launch(request: SignedInRequest) -> Launch | None:
    """Return the launch if it is the user's and the platform calls them a teacher."""
    launch = remembered_launch(request)
    is_theirs = launch is not None and user_of_launch(launch) == request.user
    return launch if launch and is_theirs and launch.role == CourseRole.TEACHER else None


def _choice_form(request: SignedInRequest, launch: Launch) -> CourseChoiceForm:
    posted = request.POST if request.method == "POST" else None
    return CourseChoiceForm(
        posted, user=request.user, title=_new_name(launch), with_sessions=launch.deep_link is not None
    )


def _choices(request: SignedInRequest, launch: Launch, form: CourseChoiceForm) -> HttpResponse:
    context = {"form": form, "launch": launch, "title": _new_name(launch)}
    return render(request, "lti/choose.html", context, status=422 if form.errors else 200)


def _link_chosen(request: SignedInRequest, launch: Launch, choice: str) -> tuple[Course, ClassSession | None]:
    """Link the chosen course, which the form has checked, with that of the launch."""
    kind, _separator, number = choice.partition(":")
    session = None
    with transaction.atomic():
        if choice == NEW_COURSE:
            course = Course(name=_new_name(launch), organisation_id=request.user.organisation_id)
            create_course(course=course, teachers=[request.user])
        elif kind == "session":
            session = session_for_teacher(request.user, int(number))
            course = session.course
        else:
            course = course_for_teacher(request.user, int(number))
        link_course(launch=launch, course=course, user=request.user)
    return course, session


def _new_name(launch: Launch) -> str:
    return launch.context_title or _("New course")


def _open(course: Course, session: ClassSession | None, role: CourseRole) -> HttpResponse:
    if session is None:
        return redirect("course_detail", course.pk)
    if role is CourseRole.STUDENT:
        return redirect("session_attend", session.pk)
    return redirect("session_live" if session.is_running else "session_report", session.pk)


def _refusal(request: SignedInRequest, reason: str) -> HttpResponse:
    return render(request, "lti/refused.html", {"reason": reason}, status=403)


def _answer_page(request: SignedInRequest, asked: DeepLinkRequest, course: Course, answer: str) -> HttpResponse:
    """The only page whose form leads to a platform."""
    response = render(request, "lti/deep_link.html", {"url": asked.return_url, "answer": answer, "course": course})
    address = urlsplit(asked.return_url)
    response._csp_update = {"form-action": [f"{address.scheme}://{address.netloc}"]}  # type: ignore[attr-defined]
    return response
