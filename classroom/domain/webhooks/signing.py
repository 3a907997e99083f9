"""Webhook signatures as in Standard Webhooks: HMAC-SHA256 over the id, the time and the body of a message.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    return PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    key = b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def signed_headers(signing: Sequence[str], *, message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the headers of a message, with a signature by each of the secrets."""
    timestamp = int(now.timestamp())
    signatures = [signature(each, message_id=message_id, timestamp=timestamp, body=body) for each in signing]
    return {
        "content-type": "application/json",
        "user-agent": "Attune-Webhooks",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
