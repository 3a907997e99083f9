from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from classroom.domain.alerts.evaluation import rules_of, save_rules
from classroom.domain.alerts.replay import replay_session, sessions_to_replay
from classroom.forms.alerts import WORDING, ReplayForm, RuleForm, rule_forms
from classroom.models import Course
from classroom.views.access import course_taught
from classroom.views.throttling import PreviewThrottle, seconds_until_allowed

# More would be no settings to keep.
SHOWN = 100


@login_required
@require_http_methods(["GET", "POST"])
def course_alerts(request: SignedInRequest, pk: int) -> HttpResponse:
    """The course's settings; a preview plays them over a session without saving them."""
    course = course_taught(request.user, pk)
    forms = rule_forms(rules_of(course), request.POST or None)
    is_preview = "preview" in request.POST
    replay = ReplayForm(sessions_to_replay(course), request.POST if is_preview else None)
    if not request.POST:
        return _page(request, course, forms, replay)
    if not all(form.is_valid() for form in forms) or (is_preview and not replay.is_valid()):
        return _page(request, course, forms, replay, status=422)
    if is_preview:
        return _previewed(request, course, forms, replay)
    save_rules(course=course, rules=[form.rule for form in forms])
    messages.success(request, _("The settings are saved; a class that is running takes them over at once."))
    return redirect("course_alerts", pk)


def _previewed(request: SignedInRequest, course: Course, forms: list[RuleForm], replay: ReplayForm) -> HttpResponse:
    wait = seconds_until_allowed(request, PreviewThrottle())
    if not wait:
        return _page(request, course, forms, replay, preview=_preview(forms, replay))
    # On the page itself, which keeps the settings that are not saved yet.
    messages.error(request, _too_often(wait))
    response = _page(request, course, forms, replay, status=429)
    response["Retry-After"] = str(wait)
    return response


def _too_often(wait: int) -> str:
    return ngettext(
        "You have asked for many previews within a minute. Try again in %(n)d second.",
        "You have asked for many previews within a minute. Try again in %(n)d seconds.",
        wait,
    ) % {"n": wait}


def _preview(forms: list[RuleForm], replay: ReplayForm) -> dict:
    rules = {form.kind: form.rule for form in forms}
    alerts = replay_session(session=replay.chosen, rules=rules, now=timezone.now())
    return {
        "session": replay.chosen,
        "count": len(alerts),
        "alerts": [(alert, WORDING[alert.kind].title) for alert in alerts[:SHOWN]],
        "more": max(0, len(alerts) - SHOWN),
    }


def _page(
    request: SignedInRequest,
    course: Course,
    forms: list[RuleForm],
    replay: ReplayForm,
    *,
    preview: dict | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"course": course, "rule_forms": forms, "replay_form": replay, "preview": preview}
    return render(request, "classroom/course_alerts.html", context, status=status)
