from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from classroom.models import ClassSession


class JoinForm(forms.Form):
    join_code = forms.CharField(
        label=_("Join code"),
        max_length=40,
        help_text=_("Your teacher has it: eight letters and digits."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class StartForm(forms.ModelForm):
    class Meta:
        model = ClassSession
        fields = ("topic",)
        labels = {"topic": _("Topic of this session")}
        widgets = {"topic": forms.TextInput(attrs={"autocomplete": "off"})}


class TermForm(forms.Form):
    """From one day to another, both included; either may be left open."""

    # The day after the last day there is, or its midnight in another zone, is none.
    within = (MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2999, 12, 31)))
    since = forms.DateField(
        label=_("From"), required=False, validators=within, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To"), required=False, validators=within, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
