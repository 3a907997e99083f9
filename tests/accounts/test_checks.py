import pytest

from accounts.checks import (
    addresses_are_confirmed,
    administrators_have_a_second_factor,
    mails_are_sent,
    mails_have_a_sender,
    privacy_has_a_contact,
)


@pytest.mark.parametrize(
    ("backend", "ids"),
    [
        ("console", ["accounts.W001"]),
        ("filebased", ["accounts.W001"]),
        ("dummy", ["accounts.W001"]),
        ("locmem", ["accounts.W001"]),
        ("smtp", []),
    ],
)
def test_mails_that_stay_on_the_machine_are_reported(settings, backend, ids):
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    assert [message.id for message in mails_are_sent(None)] == ids


@pytest.mark.parametrize(
    ("backend", "sender", "ids"),
    [
        ("smtp", "Attune <noreply@localhost>", ["accounts.W005"]),
        ("smtp", "attune@school.example", []),
        ("console", "Attune <noreply@localhost>", []),
    ],
)
def test_mails_from_this_machine_s_name_are_reported(settings, backend, sender, ids):
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = sender
    assert [message.id for message in mails_have_a_sender(None)] == ids


@pytest.mark.parametrize(
    ("verification", "ids"), [("none", ["accounts.W002"]), ("optional", ["accounts.W002"]), ("mandatory", [])]
)
def test_unconfirmed_addresses_are_reported(settings, verification, ids):
    settings.ACCOUNT_EMAIL_VERIFICATION = verification
    assert [message.id for message in addresses_are_confirmed(None)] == ids


@pytest.mark.parametrize(("contact", "ids"), [("", ["accounts.W003"]), ("privacy@school.example", [])])
def test_missing_contact_for_privacy_is_reported(settings, contact, ids):
    settings.PRIVACY_CONTACT = contact
    assert [message.id for message in privacy_has_a_contact(None)] == ids


@pytest.mark.parametrize(("required", "ids"), [(False, ["accounts.W004"]), (True, [])])
def test_administrators_without_a_second_factor_are_reported(settings, required, ids):
    settings.MFA_REQUIRED_FOR_ADMINISTRATORS = required
    assert [message.id for message in administrators_have_a_second_factor(None)] == ids
