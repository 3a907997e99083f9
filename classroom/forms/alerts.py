"""Settings of a course's alerts: one of the presets, or the teacher's own numbers, as percentages and seconds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from classroom.alert_rules import (
    CLASS_NEGATIVE,
    DEFAULTS,
    PRESENCE_LOW,
    PRESETS,
    STUDENT_AWAY,
    STUDENT_NEGATIVE,
    Rule,
    preset_of,
)
from classroom.models import ClassSession

HOUR_S = 3600
CUSTOM = "custom"


@dataclass(frozen=True)
class RuleWording:
    """`share` explains what the percentages of the rule measure."""

    title: str | Promise
    share: str | Promise


WORDING = {
    STUDENT_NEGATIVE: RuleWording(
        gettext_lazy("A student’s expressions stay negative"),
        gettext_lazy("Combined share of sad, angry, fearful and disgusted, averaged over ten seconds."),
    ),
    STUDENT_AWAY: RuleWording(
        gettext_lazy("A student’s face is out of view for a while"),
        gettext_lazy("Share of the camera’s snapshots that show no face, over ten seconds."),
    ),
    CLASS_NEGATIVE: RuleWording(
        gettext_lazy("Many faces in the class look negative"),
        gettext_lazy("Share of students who look mostly negative, among those with a readable face (at least four)."),
    ),
    PRESENCE_LOW: RuleWording(
        gettext_lazy("Students are leaving"),
        gettext_lazy("Share of students who left since the class was fullest (at least four)."),
    ),
}


PRESET_WORDING = {
    "quiet": (gettext_lazy("Quiet"), gettext_lazy("Only clear, lasting changes.")),
    "normal": (gettext_lazy("Normal"), gettext_lazy("What you would notice in a classroom.")),
    "sensitive": (gettext_lazy("Sensitive"), gettext_lazy("Also slight and brief changes.")),
    CUSTOM: (gettext_lazy("Custom"), gettext_lazy("Uses the numbers under “Advanced”.")),
}


class SensitivityForm(forms.Form):
    """One of the presets, or CUSTOM for the teacher's own numbers."""

    preset = forms.ChoiceField(
        label=gettext_lazy("How sensitive should alerts be?"),
        choices=[(name, title) for name, (title, _text) in PRESET_WORDING.items()],
        widget=forms.RadioSelect,
    )

    def __init__(self, rules: Mapping[str, Rule], data: Mapping[str, Any] | None) -> None:
        super().__init__(data, initial={"preset": preset_of(rules) or CUSTOM})

    @property
    def options(self) -> list[tuple[forms.boundfield.BoundWidget, str | Promise]]:
        """Return each choice with its explanation."""
        return [(option, PRESET_WORDING[option.data["value"]][1]) for option in self["preset"]]


class RuleForm(forms.Form):
    """The settings of one kind of alert. Once the form is valid, `rule` holds them."""

    enabled = forms.BooleanField(required=False)
    enter = forms.IntegerField(label=gettext_lazy("Fires at or above (%)"), min_value=2, max_value=100)
    leave = forms.IntegerField(label=gettext_lazy("Clears at or below (%)"), min_value=1, max_value=99)
    hold_s = forms.IntegerField(label=gettext_lazy("Must last (seconds)"), min_value=10, max_value=HOUR_S)
    recover_s = forms.IntegerField(label=gettext_lazy("Clears after (seconds)"), min_value=0, max_value=HOUR_S)
    cooldown_s = forms.IntegerField(
        label=gettext_lazy("Repeat no sooner than (seconds)"), min_value=0, max_value=4 * HOUR_S
    )

    def __init__(self, rule: Rule, data: Mapping[str, Any] | None) -> None:
        super().__init__(data, prefix=rule.kind, initial={"enabled": rule.enabled, **_form_values(rule)})
        self.kind = rule.kind
        self.wording = WORDING[rule.kind]
        self.fields["enabled"].label = str(self.wording.title)
        for name, value in _form_values(DEFAULTS[rule.kind]).items():
            self.fields[name].help_text = _("Default %(value)s.") % {"value": value}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        enter, leave = cleaned.get("enter"), cleaned.get("leave")
        if enter is not None and leave is not None and leave >= enter:
            self.add_error("leave", _("This must be lower than the share at which the alert fires."))
        return cleaned

    @property
    def numbers(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name != "enabled"]

    @property
    def rule(self) -> Rule:
        shares = {name: self.cleaned_data[name] / 100 for name in ("enter", "leave")}
        return Rule(**self.cleaned_data | shares, kind=self.kind)


class ReplayForm(forms.Form):
    """The session to try the settings on."""

    session = forms.ChoiceField(label=gettext_lazy("Try the settings on"))

    def __init__(self, sessions: Iterable[ClassSession], data: Mapping[str, Any] | None) -> None:
        super().__init__(data)
        self.sessions = {str(session.pk): session for session in sessions}
        self.fields["session"] = forms.ChoiceField(
            label=self.fields["session"].label,
            choices=[
                (pk, f"{session.topic}, {date_format(localtime(session.started_at), 'j M Y, H:i')}")
                for pk, session in self.sessions.items()
            ],
        )

    @property
    def chosen(self) -> ClassSession:
        return self.sessions[self.cleaned_data["session"]]


def rule_forms(rules: Mapping[str, Rule], data: Mapping[str, Any] | None) -> list[RuleForm]:
    """Return a form for each kind of alert. A preset in the data replaces the numbers in it."""
    preset = PRESETS.get(data.get("preset", "")) if data else None
    if data and preset:
        data = {**data, **preset_fields(preset)}
    return [RuleForm(rules[kind], data) for kind in DEFAULTS]


def preset_fields(preset: Mapping[str, Rule]) -> dict[str, int]:
    """Return the values of the forms' fields under a preset, by the fields' names."""
    return {f"{kind}-{name}": value for kind, rule in preset.items() for name, value in _form_values(rule).items()}


def _form_values(rule: Rule) -> dict[str, int]:
    """Return the numbers of the rule in the form's units."""
    return {
        "enter": round(rule.enter * 100),
        "leave": round(rule.leave * 100),
        "hold_s": rule.hold_s,
        "recover_s": rule.recover_s,
        "cooldown_s": rule.cooldown_s,
    }
