"""The forms for a learning platform, and for choosing the course that a launch opens."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from lti_tool.models import LtiRegistration

from accounts.lti.verification import MAX_ID_LENGTH
from accounts.models import Organisation, User
from accounts.outgoing import is_allowed_target
from classroom.domain.permissions import may_create_courses
from classroom.forms.list_filters import SearchFilter
from classroom.models import Course

MAX_DEPLOYMENTS = 200
NEW_COURSE = "new"


class PlatformForm(forms.ModelForm):
    """The organisation is chosen once, if there are several. `initial` has the administrator's."""

    organisation = forms.ModelChoiceField(Organisation.objects.all(), label=_("School"), empty_label=None)
    auth_url = forms.URLField(label=_("Authentication request URL"), max_length=200, assume_scheme="https")
    token_url = forms.URLField(label=_("Access token URL"), max_length=200, assume_scheme="https")
    keyset_url = forms.URLField(label=_("Public keyset URL"), max_length=200, assume_scheme="https")
    deployment_ids = forms.CharField(
        label=_("Deployment IDs, one on each line"), widget=forms.Textarea({"rows": 3, "autocomplete": "off"})
    )

    class Meta:
        model = LtiRegistration
        fields = (
            *("name", "organisation", "issuer", "client_id", "auth_url", "token_url", "keyset_url", "deployment_ids"),
            "is_active",
        )
        labels = {
            "name": _("Name"),
            "issuer": _("Issuer (platform ID)"),
            "client_id": _("Client ID"),
            "is_active": _("Launches are accepted"),
        }
        widgets = {name: forms.TextInput({"autocomplete": "off"}) for name in ("name", "issuer", "client_id")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk or Organisation.objects.count() == 1:
            del self.fields["organisation"]
        if self.instance.pk:
            stored = self.instance.deployments.order_by("pk").values_list("deployment_id", flat=True)
            self.initial["deployment_ids"] = "\n".join(stored)

    @property
    def school(self) -> Organisation:
        return self.cleaned_data.get("organisation") or self.initial["organisation"]

    def clean_auth_url(self) -> str:
        return self._target("auth_url")

    def clean_token_url(self) -> str:
        return self._target("token_url")

    def clean_keyset_url(self) -> str:
        return self._target("keyset_url")

    def clean_deployment_ids(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["deployment_ids"].splitlines()]
        ids = list(dict.fromkeys(filter(None, lines)))
        if len(ids) > MAX_DEPLOYMENTS or any(len(each) > MAX_ID_LENGTH for each in ids):
            raise ValidationError(gettext("These are too many or too long."))
        return ids

    def _target(self, name: str) -> str:
        url: str = self.cleaned_data[name]
        if not is_allowed_target(url):
            raise ValidationError(gettext("The address must begin with https://."))
        return url


class PlatformFilters(django_filters.FilterSet):
    search = SearchFilter("name", "issuer", "client_id")


class CourseChoiceForm(forms.Form):
    """A choice of one of the teacher's courses or a new one; for a deep link, also of their running classes."""

    choice = forms.ChoiceField(label=_("Course"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, user: User, title: str, with_sessions: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = []
        for course in Course.objects.taught_by(user).current().filter(deletion_began_at=None):
            choices.append((f"course:{course.pk}", course.name))
            if with_sessions and (running := course.sessions.running().first()):
                label = _("%(course)s: the class “%(topic)s”") % {"course": course.name, "topic": running.topic}
                choices.append((f"session:{running.pk}", label))
        if may_create_courses(user):
            choices.append((NEW_COURSE, _("A new course, “%(name)s”") % {"name": title}))
        self.fields["choice"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField
        self.has_choices = bool(choices)
