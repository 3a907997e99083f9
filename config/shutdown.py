"""The graceful shutdown of a web process at SIGTERM or Ctrl-C. It accepts no more connections, answers its requests
and closes WebSockets so that their pages connect to another process.

By itself, daphne cancels all requests and stops its event loop once the first of them has ended. The threads of the
others, and so the process, then wait for the loop forever.
"""

import asyncio
import logging

from daphne import cli, server, ws_protocol
from twisted.internet import defer, tcp

from classroom.consumers import close_codes
from config.connection_limits import BoundedChannel

# Time for the requests of new connections to arrive.
ARRIVAL_S = 0.1
# Together less than the ten seconds after which `docker stop` kills the process.
REQUESTS_S = 5
CANCELLED_S = 3

logger = logging.getLogger(__name__)


class GracefulServer(server.Server):
    """Daphne's server, which answers its requests before it ends."""

    def run(self) -> None:
        self.ports: list[tcp.Port] = []
        super().run()
        # A leftover thread gets an error from a closed loop, but would wait for a stopped one.
        asyncio.get_event_loop().close()

    def listen_success(self, port: tcp.Port) -> None:
        self.ports.append(port)
        super().listen_success(port)

    def kill_all_applications(self) -> defer.Deferred[None]:
        return defer.Deferred.fromFuture(asyncio.ensure_future(self._finish()))

    async def _finish(self) -> None:
        for port in self.ports:
            port.stopListening()
        await asyncio.sleep(ARRIVAL_S)
        for connection in list(self.http_factory.protocols):
            match connection.wrappedProtocol:
                case BoundedChannel() as channel:
                    channel.finish()
                case ws_protocol.WebSocketProtocol(state=ws_protocol.WebSocketProtocol.STATE_OPEN) as socket:
                    socket.serverClose(close_codes.TRY_AGAIN)
        late = await self._wait_for_applications(REQUESTS_S)
        if late:
            logger.warning("cancelled %s requests and sockets that took longer than %s s", len(late), REQUESTS_S)
            for application in late:
                application.cancel()
            await self._wait_for_applications(CANCELLED_S)

    async def _wait_for_applications(self, timeout_s: float) -> set[asyncio.Future[None]]:
        """Wait until all of daphne's applications, one per request or socket, are done. Return those that are not."""
        started = [each["application_instance"] for each in self.connections.values() if "application_instance" in each]
        return (await asyncio.wait(started, timeout=timeout_s))[1] if started else set()


def install() -> None:
    """Make daphne's command run this server. It looks the class up once the application is loaded."""
    cli.CommandLineInterface.server_class = GracefulServer
