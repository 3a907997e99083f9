"""After a change of SECRET_KEY, the secrets in the database are encrypted with the new one."""

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import call_command

from accounts.lti.keys import signing_key
from classroom.models import Webhook
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored() -> dict:
    """What is encrypted, in the clear: two factors, a key and the two secrets of a webhook."""
    ada = factories.user()
    TOTP.activate(ada, "JBSWY3DPEHPK3PXP")
    codes = RecoveryCodes.activate(ada)
    codes.validate_code(codes.get_unused_codes()[0])
    Authenticator.objects.create(user=ada, type="webauthn", data={"name": "Passkey 1"})
    Webhook.objects.create(name="Register", url="https://register.example/", secret="whsec_1", former_secret="whsec_0")
    Webhook.objects.create(name="Dashboard", url="https://dashboard.example/", secret="whsec_2")
    return in_the_clear()


def in_the_clear() -> dict:
    factors = {factor.type: factor for factor in Authenticator.objects.all()}
    return {
        "app": get_adapter().decrypt(factors["totp"].data["secret"]),
        "codes": RecoveryCodes(factors["recovery_codes"]).get_unused_codes(),
        "passkey": factors["webauthn"].data,
        "key": signing_key(),
        "webhooks": list(Webhook.objects.order_by("pk").values_list("secret", "former_secret")),
    }


def test_former_key_is_no_longer_needed(stored, settings, capsys):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the next key", [settings.SECRET_KEY]
    call_command("encrypt_again")
    assert capsys.readouterr().out == "5 secrets encrypted.\n"
    settings.SECRET_KEY_FALLBACKS = []
    assert in_the_clear() == stored


def test_what_no_key_decrypts_stays_for_the_key_that_does(stored, settings, capsys):
    former = settings.SECRET_KEY
    settings.SECRET_KEY = "the next key"
    call_command("encrypt_again")
    assert capsys.readouterr().out == ("0 secrets encrypted.\n5 secrets stay as they are: no key decrypts them.\n")
    settings.SECRET_KEY_FALLBACKS = [former]
    assert in_the_clear() == stored
