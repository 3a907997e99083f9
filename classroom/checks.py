from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Info, Tags, Warning, register
from django.db import DatabaseError, connection
from redis.exceptions import RedisError, ResponseError

from accounts.models import User
from classroom.domain.demo import DEMO_USERS
from classroom.infra.redis import writes_to_disk


@register(Tags.security, deploy=True)
def simulation_is_off(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Warn on deployment if programs on the server could create accounts through simulated classes."""
    if not settings.SIMULATION_ALLOWED:
        return []
    hint = "Anyone who can read SIMULATION_TOKEN_FILE can create accounts. Unset SIMULATION_ALLOWED for real students."
    return [Warning("Simulated classes are allowed.", hint=hint, id="classroom.W001")]


@register(Tags.security, deploy=True)
def database_is_a_server(app_configs: Any, **_: Any) -> list[CheckMessage]:
    if connection.vendor != "sqlite":
        return []
    hint = "SQLite serves one process, whose user can read and copy all data. Set DATABASE_URL to a Postgres server."
    return [Warning("The database is SQLite.", hint=hint, id="classroom.W002")]


@register(Tags.security, deploy=True)
def demo_accounts_are_gone(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Look for the accounts of `make run`, whose password everybody who has seen its output knows.

    Say nothing if the database is not available, as in an image build.
    """
    try:
        demo_users = list(User.objects.filter(email__in=DEMO_USERS, is_active=True).order_by("pk"))
    except DatabaseError:
        return []
    usable = ", ".join(user.email for user in demo_users if user.has_usable_password())
    if not usable:
        return []
    hint = f"Delete them: {usable}."
    return [Warning("The demo accounts can sign in.", hint=hint, id="classroom.W003")]


@register(Tags.security, deploy=True)
def redis_keeps_nothing_on_disk(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Snapshots are in Redis for seconds, and the privacy page promises that none reaches a disk."""
    if settings.EMBEDDED:
        return []
    found = (_persistence_of(url) for url in sorted({settings.CACHE_URL, settings.CHANNEL_URL, settings.BROKER_URL}))
    return [message for message in found if message]


def _persistence_of(url: str) -> CheckMessage | None:
    server = urlsplit(url).hostname
    try:
        if not writes_to_disk(url):
            return None
    except ResponseError:  # hosted servers often forbid CONFIG
        hint = "Ask its host for a Redis without snapshots (RDB) and without an append-only file (AOF)."
        return Warning(f"Redis at {server} does not tell whether it writes to a disk.", hint=hint, id="classroom.W005")
    except RedisError as error:
        return Info(f"Redis at {server} was not asked whether it writes to a disk: {error}", id="classroom.I001")
    hint = 'Start it with save "" and appendonly no: pictures of students could reach its disk.'
    return Warning(f"Redis at {server} writes to a disk.", hint=hint, id="classroom.W004")
