"""How administrators enter, search and filter terms and courses."""

from collections.abc import Callable
from functools import partial
from typing import Any
from unicodedata import normalize

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms import ComposedCharField, WithinOrganisationMixin
from accounts.models import User
from accounts.requests import SignedInRequest
from classroom.forms.courses import PeriodForm
from classroom.forms.list_filters import SearchFilter
from classroom.models import Course, Term
from classroom.models.course import CourseQuerySet

STATES = [
    ("running", _("A class is running")),
    ("teacherless", _("Without a teacher")),
    ("closed", _("Closed to new students")),
    ("over", _("The term is over")),
    ("archived", _("Archived")),
    ("all", _("All, including archived")),
]


class TermForm(WithinOrganisationMixin, forms.ModelForm):
    first_day = forms.DateField(
        label=_("First day"), validators=PeriodForm.within, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    last_day = forms.DateField(
        label=_("Last day"), validators=PeriodForm.within, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    class Meta:
        model = Term
        fields = ("name", "first_day", "last_day")
        field_classes = {"name": ComposedCharField}
        labels = {"name": _("Name")}
        widgets = {"name": forms.TextInput({"autocomplete": "off"})}


class CourseForm(forms.ModelForm):
    class Meta:
        model = Course
        fields = ("name", "description", "term")
        field_classes = {"name": ComposedCharField}
        labels = {"name": _("Name"), "description": _("Description (optional)"), "term": _("Term")}
        widgets = {"name": forms.TextInput({"autocomplete": "off"}), "description": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        term: Any = self.fields["term"]
        term.queryset, term.empty_label = Term.objects.in_organisation(self.instance.organisation_id), _("No term")


class ConfirmedNameForm(forms.Form):
    """Asks for the name of the course to delete."""

    name = forms.CharField(label=_("Type the course’s name"), widget=forms.TextInput({"autocomplete": "off"}))

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected

    def clean_name(self) -> str:
        typed: str = self.cleaned_data["name"]
        if normalize("NFC", typed).split() != normalize("NFC", self.expected).split():
            raise ValidationError(gettext("This is not the course’s name."))
        return typed


class StateFilter(django_filters.ChoiceFilter):
    """Courses that are not archived, unless the state says otherwise."""

    def filter(self, qs: CourseQuerySet, value: str | None) -> CourseQuerySet:
        wanted: dict[str | None, Callable[[], CourseQuerySet]] = {
            "running": qs.running,
            "teacherless": qs.current().without_teacher,
            "closed": qs.current().closed_to_new_students,
            "over": partial(qs.current().after_term, day=localdate()),
            "archived": qs.archived,
            "all": qs.all,
        }
        return wanted.get(value, qs.current)()


class TermFilters(django_filters.FilterSet):
    search = SearchFilter("name")


def _terms(request: SignedInRequest) -> QuerySet[Term]:
    return Term.objects.in_organisation(request.user.organisation_id)


def _teachers(request: SignedInRequest) -> QuerySet[User]:
    people = User.objects.in_organisation(request.user.organisation_id)
    return people.filter(courses_taught__isnull=False).distinct()


class CourseFilters(django_filters.FilterSet):
    search = SearchFilter("name", "join_code", "teachers__name", "teachers__email", "assistants__name")
    term = django_filters.ModelChoiceFilter(
        label=_("Term"), queryset=_terms, empty_label=_("All terms"), null_label=_("No term")
    )
    teacher = django_filters.ModelChoiceFilter(
        label=_("Teacher"),
        field_name="teachers",
        queryset=_teachers,
        empty_label=_("All teachers"),
    )
    state = StateFilter(label=_("State"), choices=STATES, empty_label=_("Current courses"))
