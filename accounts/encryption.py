"""Encrypts secrets in the database with keys derived from SECRET_KEY, so that a copy of the database reveals none."""

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def cipher(purpose: bytes) -> MultiFernet:
    """Encrypt with a key derived from SECRET_KEY; also decrypt with former ones. Purposes do not share keys."""
    return MultiFernet(
        [Fernet(_derive_key(key, purpose)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def encrypted_again(encrypted: str, purpose: bytes) -> str:
    """Return what is encrypted, with SECRET_KEY instead of a former key. Raises InvalidToken."""
    return cipher(purpose).rotate(encrypted).decode()


def _derive_key(secret_key: str, purpose: bytes) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose)
    return base64.urlsafe_b64encode(derivation.derive(secret_key.encode()))
