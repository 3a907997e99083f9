from typing import Any

from channels.security.websocket import WebsocketDenier
from django.conf import settings


class SiteSocketsMiddleware:
    """Reject handshakes whose Host or Origin header is not the site's, as config/site_host.py does for pages.

    Channels' AllowedHostsOriginValidator compares only host names: a page on another port of the same machine, or one
    that came over plain HTTP, could open a signed-in user's sockets.
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        application = self.application if is_from_this_site(scope["headers"]) else WebsocketDenier()
        await application(scope, receive, send)


def is_from_this_site(headers: list[tuple[bytes, bytes]]) -> bool:
    """Return whether there is one Host and one Origin, and both are as browsers send them from SITE_URL."""
    hosts = [value.decode("latin-1") for name, value in headers if name == b"host"]
    origins = [value.decode("latin-1") for name, value in headers if name == b"origin"]
    return len(hosts) == len(origins) == 1 and hosts[0] in settings.SITE_HOSTS and origins[0] in settings.SITE_ORIGINS
