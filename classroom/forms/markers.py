from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext_lazy as _

from classroom.models import ClassSession, Marker


class MarkerForm(forms.Form):
    """A marker in a class that has ended. `at` is entered as a time of day in the current time zone."""

    at = forms.TimeField(label=_("Time"), widget=forms.TimeInput({"type": "time", "step": 1}))
    text = forms.CharField(
        label=_("What happened?"),
        max_length=Marker._meta.get_field("text").max_length,
        help_text=_("Students can see this. Don’t use names."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, session: ClassSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._session = session

    def clean_at(self) -> datetime:
        """Return the moment of the class with this time of day; a class may last past midnight."""
        start, end = localtime(self._session.started_at), localtime(self._session.ended_at)
        for day in (start.date(), start.date() + timedelta(days=1)):
            moment = make_aware(datetime.combine(day, self.cleaned_data["at"]))
            if start.replace(microsecond=0) <= moment <= end:
                return moment
        raise forms.ValidationError(
            _("The class lasted from %(start)s to %(end)s."),
            params={"start": f"{start:%H:%M:%S}", "end": f"{end:%H:%M:%S}"},
        )


class MarkerChoiceForm(forms.Form):
    """One of the session's markers."""

    def __init__(self, *args: Any, session: ClassSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["marker"] = forms.ModelChoiceField(session.markers.all())
