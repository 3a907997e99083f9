"""Personal tokens of the REST API: creating, checking and revoking them."""

import contextlib
import hashlib
import secrets
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import ApiToken, Scope, User
from accounts.models.api_token import ApiTokenQuerySet
from accounts.second_factors.requirement import lacks_required_second_factor
from accounts.security_log.events import Event, record

# Secret scanners recognise a token by this prefix.
PREFIX = "attune_"
MAX_TOKENS = 20
# After this time nobody needs to see that a token has expired.
KEPT_AFTER_EXPIRY = timedelta(days=30)


class TokenEnded(Exception):
    """The token was revoked or expired during the download."""


class TooManyTokens(PermissionError):
    """The user has MAX_TOKENS tokens."""


def create_token(
    *, user: User, name: str, scopes: Collection[Scope], lifetime: timedelta, now: datetime
) -> tuple[ApiToken, str]:
    """Return the stored token and its text, which cannot be recovered later. Raises TooManyTokens."""
    text = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if tokens_of(user).count() >= MAX_TOKENS:
            raise TooManyTokens
        token = ApiToken.objects.create(
            user=user,
            name=name,
            token_hash=_hash(text),
            scopes=sorted(scopes),
            sign_outs_everywhere=user.sign_outs_everywhere,
            created_at=now,
            expires_at=now + lifetime,
        )
        record(Event.API_TOKEN_CREATED, subject=user, token=token.pk, scopes=token.scopes)
    return token, text


def tokens_of(user: User) -> ApiTokenQuerySet:
    """The user's tokens, newest first, including those that have expired."""
    return ApiToken.objects.filter(user=user, sign_outs_everywhere=user.sign_outs_everywhere)


def revoke_token(token: ApiToken) -> None:
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk).delete()[0]:
            record(Event.API_TOKEN_REVOKED, subject=token.user, token=token.pk)


def usable_token(text: str, *, now: datetime) -> ApiToken | None:
    """Return the token with its user if it may be used now, and note that it was used. Costs one query, and a second
    once an hour; one more for administrators who need a second factor."""
    token = ApiToken.objects.usable(now).select_related("user").filter(token_hash=_hash(text)).first()
    if token is None or lacks_required_second_factor(token.user):
        return None
    hour = now.replace(minute=0, second=0, microsecond=0)
    if token.last_used_at != hour:
        # A database that refuses writes must not keep programs from reading.
        with contextlib.suppress(DatabaseError):
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=hour)
    return token


def while_usable(texts: Iterator[str], token: ApiToken) -> Iterator[str]:
    """Yield the pieces of a file while the token may be used. Raises TokenEnded after the piece during which it ended.
    One query per piece."""
    for text in texts:
        yield text
        if not ApiToken.objects.usable(timezone.now()).filter(pk=token.pk).exists():
            raise TokenEnded


def obsolete_tokens(*, now: datetime) -> ApiTokenQuerySet:
    return ApiToken.objects.obsolete_before(now - KEPT_AFTER_EXPIRY)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
