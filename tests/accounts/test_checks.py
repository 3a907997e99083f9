import pytest

from accounts.checks import addresses_are_confirmed, mails_are_sent


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
    ("verification", "ids"), [("none", ["accounts.W002"]), ("optional", ["accounts.W002"]), ("mandatory", [])]
)
def test_unconfirmed_addresses_are_reported(settings, verification, ids):
    settings.ACCOUNT_EMAIL_VERIFICATION = verification
    assert [message.id for message in addresses_are_confirmed(None)] == ids
