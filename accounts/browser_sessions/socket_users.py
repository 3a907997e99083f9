from typing import Any

from channels.auth import AuthMiddleware
from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser

from accounts.browser_sessions.sign_outs import signed_in_user


class SocketUserMiddleware(AuthMiddleware):
    """Finds the user of a socket by its session, and changes nothing.

    Channels' own deletes a session that was made with an earlier SECRET_KEY or password, although the next request may
    renew it.
    """

    async def resolve_scope(self, scope: dict[str, Any]) -> None:
        user = await database_sync_to_async(signed_in_user)(scope["session"])
        scope["user"]._wrapped = user or AnonymousUser()
