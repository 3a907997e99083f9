"""The keys with which this site signs what it sends to LTI platforms.

The first is made when it is needed. The database has the private keys, encrypted with a key derived from SECRET_KEY.
"""

from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import transaction
from jwcrypto.jwk import JWK
from lti_tool.models import Key

from accounts.encryption import cipher

PURPOSE = b"accounts.lti.keys"
# Platforms may cache the former public key for this long.
FORMER_KEYS = timedelta(days=7)


def signing_key() -> tuple[str, str]:
    """Return the newest private key and its public key, as PEM. A key that can no longer be read is replaced."""
    for key in Key.objects.active().order_by("-datetime_created", "-pk"):
        try:
            return _decrypted(key)
        except InvalidToken:
            continue
    return _decrypted(_create())


def public_keys() -> dict[str, Any]:
    """Return the JSON Web Key Set. Create a key if there is none."""
    signing_key()
    return Key.objects.as_jwks()


def rotate_keys(*, now: datetime) -> int:
    """Create a key, and deactivate those older than FORMER_KEYS. Return how many."""
    with transaction.atomic():
        new, former = _create(), Key.objects.active().filter(datetime_created__lt=now - FORMER_KEYS)
        return former.exclude(pk=new.pk).update(is_active=False)


def _create() -> Key:
    made = JWK.generate(kty="RSA", size=2048)
    private = made.export_to_pem(private_key=True, password=None)
    return Key.objects.create(
        public_key=made.export_to_pem().decode(), private_key=cipher(PURPOSE).encrypt(private).decode()
    )


def _decrypted(key: Key) -> tuple[str, str]:
    return cipher(PURPOSE).decrypt(key.private_key.encode()).decode(), key.public_key
