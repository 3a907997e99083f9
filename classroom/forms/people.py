"""How administrators enter, search and filter people and invitations."""

import re
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q, QuerySet
from django.utils.timezone import now
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms import WithinOrganisationMixin
from accounts.languages import language_choices
from accounts.models import Invitation, OrganisationId, User
from accounts.requests import SignedInRequest
from accounts.time_zones import time_zone_choices
from classroom.domain.people.changes import active_teachers
from classroom.forms.list_filters import SearchFilter
from classroom.models import Course

# The page waits while each gets a mail.
ADDRESSES_MAX = 50
ADDRESS_MAX_CHARACTERS = 254
# As mail programs copy it: Zoë <zoe@school.example>
NAME_AND_ADDRESS = re.compile(r"[^<>]*<([^<>]*)>\s*")
STATES = [
    ("active", _("Active")),
    ("deactivated", _("Deactivated")),
    ("never", _("Never signed in")),
    ("invited", _("Invited")),
]
INVITATION_STATES = [("waiting", _("Waiting")), ("expired", _("Expired")), ("unsent", _("E-mail not sent"))]


class CourseMemberFilter(django_filters.ModelChoiceFilter):
    """People who are in the course, in any role."""

    def filter(self, qs: QuerySet[User], value: Course | None) -> QuerySet[User]:
        if value is None:
            return qs
        staff = Q(pk__in=value.teachers.values("pk")) | Q(pk__in=value.assistants.values("pk"))
        return qs.filter(Q(pk__in=value.enrolments.values("student")) | staff)


class StateFilter(django_filters.ChoiceFilter):
    def filter(self, qs: QuerySet[User], value: str | None) -> QuerySet[User]:
        wanted = {
            "active": Q(is_active=True),
            "deactivated": Q(is_active=False),
            "never": Q(is_active=True, last_login=None),
        }
        return qs.filter(wanted.get(value or "", Q()))


def _courses(request: SignedInRequest | None) -> QuerySet[Course]:
    """Return the courses to choose from, or none if people are only searched."""
    return Course.objects.in_organisation(request.user.organisation_id) if request else Course.objects.none()


class PeopleFilters(django_filters.FilterSet):
    search = SearchFilter("name", "email", "school_id")
    role = django_filters.ChoiceFilter(label=_("Role"), choices=User.Role, empty_label=_("All roles"))
    course = CourseMemberFilter(label=_("Course"), queryset=_courses, empty_label=_("All courses"))
    state = StateFilter(label=_("State"), choices=STATES, empty_label=_("All states"))


class InvitationStateFilter(django_filters.ChoiceFilter):
    def filter(self, qs: QuerySet[Invitation], value: str | None) -> QuerySet[Invitation]:
        wanted = {
            "waiting": Q(expires_at__gt=now()) & ~Q(sent_at=None),
            "expired": Q(expires_at__lte=now()),
            "unsent": Q(sent_at=None),
        }
        return qs.filter(wanted.get(value or "", Q()))


class InvitationFilters(django_filters.FilterSet):
    search = SearchFilter("email", "courses__course__name")
    state = InvitationStateFilter(label=_("State"), choices=INVITATION_STATES, empty_label=_("All states"))


class PersonForm(WithinOrganisationMixin, forms.ModelForm):
    language = forms.ChoiceField(label=_("Language"), required=False, choices=language_choices)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, choices=time_zone_choices)

    class Meta:
        model = User
        fields = ("name", "email", "role", "school_id", "language", "time_zone")
        labels = {
            "name": _("Name"),
            "email": _("E-mail address"),
            "role": _("Role"),
            "school_id": _("School’s ID (optional)"),
        }
        widgets = {
            "name": forms.TextInput({"autocomplete": "off"}),
            "email": forms.EmailInput({"autocomplete": "off"}),
            "school_id": forms.TextInput({"autocomplete": "off"}),
        }

    def clean_email(self) -> str:
        address: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email=address).exclude(pk=self.instance.pk).exists():
            raise ValidationError(gettext("Another account has this address."))
        return address


class SuccessorForm(forms.Form):
    """The teacher who takes over courses whose only teacher leaves."""

    successor = forms.ModelChoiceField(
        label=_("Teacher who takes over"), queryset=User.objects.none(), empty_label=_("Choose a teacher")
    )

    def __init__(self, *args: Any, leaving: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["successor"]
        field.queryset = active_teachers(leaving.organisation_id).exclude(pk=leaving.pk)
        field.label_from_instance = lambda teacher: teacher.display_name


class InviteForm(forms.Form):
    addresses = forms.CharField(
        label=_("E-mail addresses"),
        widget=forms.Textarea({"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("Separated by commas, semicolons or new lines; at most 50 at a time."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Invitation.Role)
    course = forms.ModelChoiceField(
        label=_("Course (optional)"),
        queryset=Course.objects.none(),
        required=False,
        empty_label=_("No course yet"),
    )
    language = forms.ChoiceField(label=_("Language of the e-mail"))

    def __init__(self, *args: Any, organisation: OrganisationId, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        courses = Course.objects.in_organisation(organisation).current()
        self.fields["course"].queryset = courses  # type: ignore[attr-defined]
        choices = language_choices()[1:]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]
        self.fields["language"].initial = get_language()

    def clean_addresses(self) -> list[str]:
        """Return the addresses in lower case and in order, each once, without names around them."""
        typed: str = self.cleaned_data["addresses"]
        parts = [part for part in typed.replace(";", "\n").replace(",", "\n").splitlines() if part.strip()]
        # Several on a line, as a table column may have them.
        words = [word for part in parts for word in ([part] if "<" in part else part.split())]
        addresses = list(dict.fromkeys(_without_name(word).strip().lower() for word in words))
        wrong = [address for address in addresses if not _is_address(address)]
        if wrong:
            raise ValidationError(gettext("Not an e-mail address: %(list)s") % {"list": ", ".join(wrong[:10])})
        if len(addresses) > ADDRESSES_MAX:
            raise ValidationError(gettext("At most %(n)s addresses at a time.") % {"n": ADDRESSES_MAX})
        return addresses


def _without_name(text: str) -> str:
    named = NAME_AND_ADDRESS.fullmatch(text)
    return named[1] if named else text


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= ADDRESS_MAX_CHARACTERS
