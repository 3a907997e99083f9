"""Second factors by django-allauth: what they are, and how its pages behave (docs/adr/0030)."""

SETTINGS = {
    "MFA_ADAPTER": "accounts.second_factors.adapter.SecondFactorAdapter",
    "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
    "MFA_FORMS": {
        "authenticate": "accounts.second_factors.forms.AuthenticateForm",
        "reauthenticate": "accounts.second_factors.forms.ReauthenticateForm",
        "activate_totp": "accounts.second_factors.forms.ActivateTOTPForm",
        "add_webauthn": "accounts.second_factors.forms.AddPasskeyForm",
        "edit_webauthn": "accounts.second_factors.forms.RenamePasskeyForm",
    },
    "MFA_PASSKEY_LOGIN_ENABLED": True,
    "MFA_TOTP_ISSUER": "Attune",
    # Phones' clocks differ by seconds, and typing takes some.
    "MFA_TOTP_TOLERANCE": 1,
    "MFA_RECOVERY_CODES_SHOW_ONCE": True,
    # A whole school may share one address, and nobody guesses a passkey: this bounds the sessions that visitors start.
    "MFA_RATE_LIMITS": {"webauthn_login": "600/m/ip"},
}
