"""A teacher's settings for the alerts of a course."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from classroom.domain.alerts.records import rules_for, save_rules
from classroom.domain.alerts.replay import replay_session, sessions_to_replay
from classroom.forms.alerts import WORDING, ReplayForm, RuleForm, rule_forms
from classroom.views.access import course_for_teacher
from classroom.views.throttling import PreviewThrottle, seconds_until_allowed

TEMPLATE = "classroom/course_alerts.html"
# With more alerts than this the settings are useless anyway, so the preview lists no more.
MAX_PREVIEWED = 100


@login_required
@require_http_methods(["GET", "POST"])
def course_alerts(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show and save the settings. A preview replays them over a session without saving them."""
    course = course_for_teacher(request.user, pk)
    forms = rule_forms(rules_for(course), request.POST or None)
    is_preview = "preview" in request.POST
    replay = ReplayForm(sessions_to_replay(course), request.POST if is_preview else None)
    context: dict[str, Any] = {"course": course, "rule_forms": forms, "replay_form": replay, "preview": None}
    if not request.POST:
        return render(request, TEMPLATE, context)
    if not all(form.is_valid() for form in forms) or (is_preview and not replay.is_valid()):
        return render(request, TEMPLATE, context, status=422)
    if is_preview:
        return _preview_page(request, context, forms, replay)
    save_rules(course=course, rules=[form.rule for form in forms])
    messages.success(request, _("Settings saved. A running class uses them immediately."))
    return redirect("course_alerts", pk)


def _preview_page(
    request: SignedInRequest, context: dict[str, Any], forms: list[RuleForm], replay: ReplayForm
) -> HttpResponse:
    wait = seconds_until_allowed(request, PreviewThrottle())
    if not wait:
        return render(request, TEMPLATE, context | {"preview": _preview(forms, replay)})
    text = ngettext(
        "Too many previews. Try again in %(n)d second.",
        "Too many previews. Try again in %(n)d seconds.",
        wait,
    )
    # Shown on the page itself, which still has the unsaved settings; 429.html would lose them.
    messages.error(request, text % {"n": wait})
    response = render(request, TEMPLATE, context, status=429)
    response["Retry-After"] = str(wait)
    return response


def _preview(forms: list[RuleForm], replay: ReplayForm) -> dict[str, Any]:
    rules = {"chosen": {form.kind: form.rule for form in forms}}
    alerts = replay_session(session=replay.chosen, rules=rules, now=timezone.now())["chosen"]
    return {
        "session": replay.chosen,
        "count": len(alerts),
        "alerts": [(alert, WORDING[alert.kind].title) for alert in alerts[:MAX_PREVIEWED]],
        "more": max(0, len(alerts) - MAX_PREVIEWED),
    }
