"""A network between two programs, with a delay that tests can set."""

import asyncio
import contextlib
import threading


class SlowNetwork:
    """Carries TCP connections to servers on this machine and delays each chunk of bytes by `delay_s`, both ways."""

    def __init__(self) -> None:
        self.delay_s = 0.0
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def to(self, port: int) -> int:
        """Open a port that leads to the server at `port`."""
        return asyncio.run_coroutine_threadsafe(self._open(port), self.loop).result(5)

    async def _open(self, port: int) -> int:
        async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._carry(port, reader, writer)

        server = await asyncio.start_server(carry, "127.0.0.1", 0)
        return server.sockets[0].getsockname()[1]

    async def _carry(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError), contextlib.closing(writer):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.closing(far_writer):
                ways = (self._one_way(reader, far_writer), self._one_way(far_reader, writer))
                running = [asyncio.create_task(way) for way in ways]
                await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for way in running:
                    way.cancel()

    async def _one_way(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        arriving = asyncio.create_task(self._arrive(under_way, writer))
        try:
            with contextlib.suppress(OSError):
                while chunk := await reader.read(65536):
                    under_way.put_nowait((self.loop.time() + self.delay_s, chunk))
        finally:
            arriving.cancel()

    async def _arrive(self, under_way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while True:
                due, chunk = await under_way.get()
                await asyncio.sleep(due - self.loop.time())
                writer.write(chunk)
                await writer.drain()
