from django import forms
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

    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
