from typing import Any
from unicodedata import normalize

from django import forms
from django.contrib.auth.forms import BaseUserCreationForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.languages import language_choices
from accounts.models import User
from accounts.names import validate_name
from accounts.security_log.events import Event, record
from accounts.time_zones import time_zone_choices


class WithinOrganisationMixin:
    """A ModelForm that checks uniqueness within its instance's organisation, which is not one of its fields."""

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"organisation"}  # type: ignore[misc]  # of ModelForm


class ComposedCharField(forms.CharField):
    """Text in Unicode's composed form (NFC), in which imports have names and uniqueness is checked."""

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        return normalize("NFC", text) if text else text


class SignupForm(forms.Form):
    """Adds the name to allauth's e-mail address and password. Everyone signs up as a student."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        validators=[validate_name],
        help_text=_("The name your teacher knows you by."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "email", "password1", "password2"]

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class UserCreationForm(WithinOrganisationMixin, BaseUserCreationForm):
    """The admin's form for a new user."""

    class Meta:
        model = User
        fields = ("email", "name", "school_id", "role")


class EmailChangeForm(forms.Form):
    email = forms.EmailField(
        label=_("New address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        address = self.cleaned_data["email"].lower()
        if address == self.user.email:
            raise forms.ValidationError(_("This is already your address."))
        if User.objects.with_address(address):
            raise forms.ValidationError(_("Another account has this address."))
        return address


class ProfileForm(forms.Form):
    """The fields that users change about themselves without their password."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        validators=[validate_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("Language"), required=False, choices=language_choices)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=time_zone_choices,
        help_text=_("Used for you on pages, in date filters and in downloads."),
    )

    def save(self, user: User) -> None:
        """Store only what has changed: saving a name compares it with other people's."""
        for field in self.changed_data:
            setattr(user, field, self.cleaned_data[field])
        user.save(update_fields=self.changed_data)
        if "name" in self.changed_data:
            record(Event.NAME_CHANGED, subject=user)
