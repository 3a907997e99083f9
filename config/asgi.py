import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()

# These import models, so Django must be set up first.
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.sessions import SessionMiddlewareStack  # noqa: E402
from django.conf import settings  # noqa: E402

from accounts.browser_sessions.socket_users import SocketUserMiddleware  # noqa: E402
from classroom.consumers.routing import websocket_urlpatterns  # noqa: E402
from classroom.infra import simulation_token  # noqa: E402
from classroom.tasks import simulations  # noqa: E402
from config import (  # noqa: E402
    access_log,
    body_limit,
    connection_limits,
    core_dumps,
    message_limits,
    shutdown,
    socket_logs,
    template_cache,
)
from config.site_sockets import SiteSocketsMiddleware  # noqa: E402

core_dumps.forbid()
body_limit.install()
connection_limits.install()
access_log.install()
message_limits.install()
socket_logs.install()
shutdown.install()
if not settings.EMBEDDED:  # a process alone is stopped before an upgrade
    template_cache.fill()
if settings.SIMULATION_ALLOWED:
    simulation_token.write_token()
    simulations.start_watch()
application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": SiteSocketsMiddleware(
            SessionMiddlewareStack(SocketUserMiddleware(URLRouter(websocket_urlpatterns)))
        ),
    }
)
