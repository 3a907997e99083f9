from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from classroom.domain.history.comparison import sessions_held
from classroom.models import ClassSession, Course


class JoinForm(forms.Form):
    join_code = forms.CharField(
        label=_("Join code"),
        max_length=40,
        help_text=_("Eight letters and digits. Ask your teacher for it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class AssistantForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("No e-mail is sent. Someone who already has an account sees the invitation on their home page."),
    )


class JoiningForm(forms.Form):
    """The choice of who may join with the course's code."""

    joining = forms.ChoiceField(
        label=_("With the join code"),
        choices=[
            ("everybody", _("Students join immediately")),
            ("approved", _("Students wait until a teacher approves")),
            ("nobody", _("Nobody can join; students in the course stay")),
        ],
        widget=forms.RadioSelect,
    )

    @classmethod
    def of(cls, course: Course) -> "JoiningForm":
        open_to = "approved" if course.approves_joins else "everybody"
        return cls(initial={"joining": open_to if course.accepts_joins else "nobody"})


class TopicForm(forms.ModelForm):
    class Meta:
        model = ClassSession
        fields = ("topic",)
        labels = {"topic": _("Topic")}
        widgets = {"topic": forms.TextInput(attrs={"autocomplete": "off"})}


class StartForm(TopicForm):
    class Meta(TopicForm.Meta):
        labels = {"topic": _("Topic (optional)")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].required = False


class PeriodForm(forms.Form):
    """From one day to another, inclusive. Either may be left empty."""

    # Adding a day or a time zone offset to Python's first or last date would overflow.
    within = (MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2999, 12, 31)))
    since = forms.DateField(
        label=_("From"), required=False, validators=within, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To"), required=False, validators=within, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    @property
    def period(self) -> dict[str, str]:
        """Return the days for a query string, without empty or invalid ones."""
        days = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return {name: day.isoformat() for name, day in days.items() if day}

    def sessions_held(self, course: Course) -> QuerySet[ClassSession]:
        """Return the course's ended sessions in the period, or none if the form is invalid."""
        if not self.is_valid():
            return course.sessions.none()
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        return sessions_held(
            course=course,
            since=make_aware(datetime.combine(since, time.min)) if since else None,
            before=make_aware(datetime.combine(until + timedelta(days=1), time.min)) if until else None,
        )
