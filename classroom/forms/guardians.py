from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import OrganisationId, User
from classroom.forms.list_filters import SearchFilter
from classroom.models import Course, GuardianConsent

How = GuardianConsent.How


class GuardianConsentFilters(django_filters.FilterSet):
    search = SearchFilter("student__name", "student__email", "student__school_id", "guardian")
    state = django_filters.ChoiceFilter(
        label=_("State"),
        empty_label=_("all"),
        choices=[("in_force", _("in force")), ("withdrawn", _("withdrawn"))],
        method="filter_state",
    )

    def filter_state(self, rows: QuerySet[GuardianConsent], _name: str, state: str) -> QuerySet[GuardianConsent]:
        return rows.filter(withdrawn_at__isnull=state == "in_force")


class GuardianConsentForm(forms.ModelForm):
    person = forms.CharField(
        label=_("Student"),
        max_length=254,
        help_text=_("Their e-mail address or the school’s ID."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    class Meta:
        model = GuardianConsent
        fields = ("course", "how", "guardian", "given_on")
        labels = {
            "course": _("Course"),
            "how": _("How they agreed"),
            "guardian": _("Parent or guardian"),
            "given_on": _("On"),
        }
        widgets = {"given_on": forms.DateInput({"type": "date"}, "%Y-%m-%d")}

    def __init__(self, *args: Any, organisation: OrganisationId, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        self.order_fields(["person", "course", "how", "guardian", "given_on"])
        self.fields["course"] = forms.ModelChoiceField(
            Course.objects.in_organisation(organisation).current(),
            label=_("Course"),
            required=False,
            empty_label=_("All courses, including later ones"),
        )
        self.fields["given_on"].initial = timezone.localdate()

    def clean_person(self) -> User:
        typed = self.cleaned_data["person"].strip()
        people = User.objects.in_organisation(self.organisation)
        students = people.exclude(role=User.Role.ADMINISTRATOR).filter(Q(email=typed.lower()) | Q(school_id=typed))
        student = students.first()
        if student is None:
            raise forms.ValidationError(_("No student has this e-mail address or ID."))
        return student

    def clean_given_on(self) -> Any:
        given_on = self.cleaned_data["given_on"]
        if given_on > timezone.localdate():
            raise forms.ValidationError(_("This date is in the future."))
        return given_on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("how") != How.OF_AGE and not data.get("guardian", "").strip():
            self.add_error("guardian", _("Enter who agreed."))
        return data


class GuardianWithdrawalForm(forms.Form):
    """The way in which a guardian withdrew."""

    how = forms.ChoiceField(
        label=_("How they withdrew"), choices=[choice for choice in How.choices if choice[0] != How.OF_AGE]
    )
