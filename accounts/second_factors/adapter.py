"""Stores django-allauth's second factors encrypted, and shows them."""

import base64
import logging
import secrets
from io import BytesIO

import segno
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext as _

from accounts.encryption import cipher

# Stored factors depend on it.
PURPOSE = b"accounts.second_factors.requirement"
logger = logging.getLogger(__name__)


class SecondFactorAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return cipher(PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """If the server's key has changed, return a random key, so that pages still open although no code matches."""
        try:
            return cipher(PURPOSE).decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            logger.error("neither SECRET_KEY nor SECRET_KEY_FALLBACKS decrypts a second factor")
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def build_totp_svg(self, url: str) -> str:
        """For a standalone image, which needs the namespace that inline SVG does not."""
        svg = BytesIO()
        segno.make_qr(url, error="m").save(svg, kind="svg", xmldecl=False, border=2, light="#fff", omitsize=True)
        return svg.getvalue().decode()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Attune"}


def is_readable(authenticator: Authenticator) -> bool:
    """Return whether the server still has the key with which the factor was encrypted. Passkeys are not encrypted."""
    encrypted = authenticator.data.get("secret") or authenticator.data.get("seed")
    try:
        return not encrypted or bool(cipher(PURPOSE).decrypt(encrypted.encode()))
    except InvalidToken:
        return False
