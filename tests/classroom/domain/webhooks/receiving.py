"""Webhooks that point at a server of the test, and what it received."""

import base64
import hashlib
import hmac
import json

from classroom.domain.webhooks.signing import new_secret
from classroom.models import Webhook, WebhookEvent


def made(target, **fields) -> Webhook:
    about = {"name": "Timetable", "url": target.url, "events": WebhookEvent.values, "secret": new_secret()}
    return Webhook.objects.create(**about | fields)


def messages(target) -> list[dict]:
    return [json.loads(body) for _path, _headers, body in target.requests]


def is_signed(headers: dict[str, str], body: bytes, secret: str) -> bool:
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return expected in headers["webhook-signature"].split()
