"""A teacher's settings for the alerts of a course."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from classroom.alert_rules import PRESETS
from classroom.domain.alerts.records import rules_for, save_rules
from classroom.domain.alerts.replay import ReplayedAlert, replay_session, sessions_to_replay
from classroom.domain.alerts.tracker import Rules
from classroom.forms.alerts import WORDING, ReplayForm, SensitivityForm, preset_fields, rule_forms
from classroom.models import ClassSession
from classroom.views.access import course_for_teacher
from classroom.views.throttling import PreviewThrottle, seconds_until_allowed

TEMPLATE = "classroom/course_alerts.html"
# With more alerts than this, the settings are useless anyway, so the preview lists no more.
MAX_PREVIEWED = 100


@dataclass(frozen=True)
class Preview:
    """The alerts that a session's dashboard would have shown: their number with the chosen settings, with the saved
    ones and with each preset; the chosen settings' alerts with their titles, and how many more there are."""

    session: ClassSession
    count: int
    saved_count: int
    preset_counts: dict[str, int]
    # Alerts that the class's alert explains, which are not counted.
    explained: int
    alerts: list[tuple[ReplayedAlert, str | Promise]]
    more: int


@login_required
@require_http_methods(["GET", "POST"])
def course_alerts(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show and save the settings. A preview replays them over a session without saving them."""
    course = course_for_teacher(request.user, pk)
    saved = rules_for(course)
    data = request.POST.dict() or None
    sensitivity, forms = SensitivityForm(saved, data), rule_forms(saved, data)
    is_preview = "preview" in request.POST
    replay = ReplayForm(sessions_to_replay(course), data if is_preview else None)
    context: dict[str, Any] = {
        "course": course,
        "sensitivity": sensitivity,
        "rule_forms": forms,
        "replay_form": replay,
        "preview": None,
        "preset_fields": {name: preset_fields(preset) for name, preset in PRESETS.items()},
    }
    if data is None:
        return render(request, TEMPLATE, context)
    are_valid = all(form.is_valid() for form in (sensitivity, *forms))
    if not are_valid or (is_preview and not replay.is_valid()):
        return render(request, TEMPLATE, context, status=422)
    chosen = {form.kind: form.rule for form in forms}
    if not is_preview:
        save_rules(course=course, rules=chosen.values())
        messages.success(request, _("Settings saved. A running class uses them immediately."))
        return redirect("course_alerts", pk)
    if wait := seconds_until_allowed(request, PreviewThrottle()):
        return _too_many_previews(request, context, wait)
    return render(request, TEMPLATE, context | {"preview": _preview(replay.chosen, chosen=chosen, saved=saved)})


def _too_many_previews(request: SignedInRequest, context: dict[str, Any], wait: int) -> HttpResponse:
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


def _preview(session: ClassSession, *, chosen: Rules, saved: Rules) -> Preview:
    # A preset decides the numbers, but not which alerts are on.
    presets = {
        name: {kind: replace(rule, enabled=chosen[kind].enabled) for kind, rule in preset.items()}
        for name, preset in PRESETS.items()
    }
    replayed = replay_session(session=session, rules={"chosen": chosen, "saved": saved, **presets}, now=timezone.now())
    shown = {name: [alert for alert in alerts if not alert.is_explained] for name, alerts in replayed.items()}
    alerts = shown["chosen"]
    return Preview(
        session=session,
        count=len(alerts),
        saved_count=len(shown["saved"]),
        preset_counts={name: len(shown[name]) for name in PRESETS},
        explained=len(replayed["chosen"]) - len(alerts),
        alerts=[(alert, WORDING[alert.kind].title) for alert in alerts[:MAX_PREVIEWED]],
        more=max(0, len(alerts) - MAX_PREVIEWED),
    )
