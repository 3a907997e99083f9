"""Encrypts the secrets in the database again after SECRET_KEY has changed, so that the former key can be forgotten."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.db import transaction
from django.db.models import QuerySet
from lti_tool.models import Key

from accounts.encryption import encrypted_again
from accounts.lti.keys import PURPOSE as KEYS
from accounts.second_factors.adapter import PURPOSE as SECOND_FACTORS
from classroom.models import Webhook


def encrypt_secrets_again() -> Counter[bool]:
    """Encrypt second factors, the keys for learning platforms and the secrets of webhooks with SECRET_KEY. Return how
    many (True), and how many stay as they are, because neither it nor SECRET_KEY_FALLBACKS decrypts them (False)."""
    outcomes: Counter[bool] = Counter()
    for factor in _each_locked(Authenticator.objects.all()):
        outcomes.update(_encrypt(factor.data, ("secret", "seed"), SECOND_FACTORS))
        factor.save(update_fields=["data"])
    for key in _each_locked(Key.objects.active()):
        outcomes.update(_encrypt(vars(key), ("private_key",), KEYS))
        key.save(update_fields=["private_key"])
    for webhook in _each_locked(Webhook.objects.all()):
        # The fields decrypt and encrypt by themselves. One that cannot be decrypted is empty.
        webhook.save(update_fields=[name for name in ("secret", "former_secret") if getattr(webhook, name)])
        outcomes[bool(webhook.secret)] += 1
    return outcomes


def _each_locked(rows: QuerySet[Any]) -> Iterator[Any]:
    """Yield each row in its own transaction. A recovery code that is used meanwhile, or a new secret, must not be
    overwritten."""
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            yield from rows.select_for_update().filter(pk=pk)


def _encrypt(values: dict[str, Any], names: Iterable[str], purpose: bytes) -> Iterator[bool]:
    """Encrypt those of the values that there are again, and yield whether each could be decrypted."""
    for name in names:
        if name in values:
            try:
                values[name] = encrypted_again(values[name], purpose)
            except InvalidToken:
                yield False
            else:
                yield True
