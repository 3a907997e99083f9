from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Scope

LIFETIME_CHOICES = [("7", _("a week")), ("30", _("30 days")), ("90", _("90 days")), ("365", _("a year"))]


class ApiTokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("What the token is for, such as “Attendance for the office”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("With this token, a program may"), choices=Scope, widget=forms.CheckboxSelectMultiple
    )
    days = forms.ChoiceField(label=_("The token is valid for"), choices=LIFETIME_CHOICES, initial="30")

    @property
    def lifetime(self) -> timedelta:
        return timedelta(days=int(self.cleaned_data["days"]))
