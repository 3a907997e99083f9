"""The form for invited people. It is not in accounts/forms.py, which cannot import allauth's forms: they import it."""

from typing import Any

from allauth.account.fields import PasswordField, SetPasswordField
from allauth.account.forms import PasswordVerificationMixin
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.names import validate_name


class InvitationForm(PasswordVerificationMixin, forms.Form):
    """The name and password that invited people choose."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        validators=[validate_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password1 = SetPasswordField(label=_("Password"))
    password2 = PasswordField(label=_("Password (again)"), autocomplete="new-password")

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A password must resemble neither the address nor the name, which is cleaned before it.
        self.user = User(email=email)
        self.fields["password1"].user = self.user  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        self.user.name = self.cleaned_data["name"]
        return self.user.name
