"""The keys with which this site signs what it sends to LTI platforms.

The first is made when it is needed. The database has the private keys, encrypted with a key derived from SECRET_KEY.
"""

from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.utils import timezone
from jwcrypto.jwk import JWK
from lti_tool.models import Key, KeyQuerySet

from accounts.encryption import cipher

PURPOSE = b"accounts.lti.keys"
# Platforms may cache the former public key for this long.
FORMER_KEYS = timedelta(days=7)


def signing_key() -> tuple[str, str]:
    """Return the newest private key and its public key, as PEM. A key that can no longer be read is replaced."""
    for key in _published(timezone.now()).order_by("-datetime_created", "-pk"):
        try:
            return _decrypted(key)
        except InvalidToken:
            continue
    return _decrypted(_create())


def public_keys() -> dict[str, Any]:
    """Return the JSON Web Key Set. Create a key if there is none."""
    signing_key()
    return _published(timezone.now()).as_jwks()


def rotate_keys(*, now: datetime) -> int:
    """Create a key, and deactivate those that are no longer published. Return how many."""
    with transaction.atomic():
        _create()
        former = Key.objects.active().exclude(pk__in=_published(now))
        return former.update(is_active=False)


def _published(now: datetime) -> KeyQuerySet:
    """The keys that have signed within FORMER_KEYS. Each did so until the next one was made."""
    keys = Key.objects.active()
    oldest = keys.filter(datetime_created__lt=now - FORMER_KEYS).order_by("-datetime_created", "-pk").first()
    return keys.filter(datetime_created__gte=oldest.datetime_created) if oldest else keys


def _create() -> Key:
    made = JWK.generate(kty="RSA", size=2048)
    private = made.export_to_pem(private_key=True, password=None)
    return Key.objects.create(
        public_key=made.export_to_pem().decode(), private_key=cipher(PURPOSE).encrypt(private).decode()
    )


def _decrypted(key: Key) -> tuple[str, str]:
    return cipher(PURPOSE).decrypt(key.private_key.encode()).decode(), key.public_key
