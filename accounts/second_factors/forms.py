"""The forms of second factors: those that ask for a code of the app or a recovery code, and those that add a factor."""

import re
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.app_settings import TOTP_PERIOD, TOTP_TOLERANCE
from allauth.mfa.base import forms as allauth_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.second_factors.adapter import is_readable
from accounts.sign_in.failures import forget_failures, record_failure, refuse_while_waiting, second_factor_key


class SlowedCodeForm(allauth_forms.BaseAuthenticateForm):
    """Make the account wait after wrong codes from any address, because their sender already has the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_digits(self.fields["code"])
        self.fields["code"].widget.attrs["autofocus"] = True

    def clean_code(self) -> str:
        key = second_factor_key(self.user)
        refuse_while_waiting(key, email=self.user.email)
        try:
            code = super().clean_code()
        except ValidationError:
            record_failure(key)
            if all(is_readable(each) for each in Authenticator.objects.filter(user=self.user)):
                raise
            text = _("The server’s key has changed, so your code cannot be checked. Ask an administrator to help you.")
            raise ValidationError(text) from None
        # Check again: concurrent attempts all began without a wait, and some may have failed by now.
        refuse_while_waiting(key, email=self.user.email)
        self._refuse_used(code)
        forget_failures(key)
        return code

    def _refuse_used(self, code: str) -> None:
        """allauth remembers a used code for one period, but the tolerance keeps it valid for longer."""
        if self.authenticator.type != Authenticator.Type.TOTP:
            return
        valid_s = TOTP_PERIOD * (2 * TOTP_TOLERANCE + 1)
        digits = re.sub(r"\D", "", code)  # allauth also accepts "123 456"
        if not cache.add(f"used-code:{self.user.pk}:{digits}", 1, valid_s):
            raise get_adapter().validation_error("incorrect_code")


def ask_for_digits(field: forms.Field) -> None:
    """Make phones show digits, and remove the placeholder, which repeats the label."""
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs["inputmode"] = "numeric"


class AuthenticateForm(SlowedCodeForm, allauth_forms.AuthenticateForm):
    """At sign-in."""


class ReauthenticateForm(SlowedCodeForm, allauth_forms.ReauthenticateForm):
    """Before a change to how the user signs in."""


class ActivateTOTPForm(totp_forms.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = gettext_lazy("Code that the app shows")
        ask_for_digits(self.fields["code"])


class AddPasskeyForm(webauthn_forms.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = gettext_lazy("Name")
        self.fields["name"].help_text = gettext_lazy("To tell it from others, such as “Laptop” or “Blue key”.")
        passwordless = self.fields["passwordless"]
        passwordless.label = gettext_lazy("Sign in with it alone, without a password")
        passwordless.help_text = gettext_lazy("Your device then asks for a fingerprint, your face or its PIN.")
        passwordless.initial = True


class RenamePasskeyForm(webauthn_forms.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = gettext_lazy("Name")
