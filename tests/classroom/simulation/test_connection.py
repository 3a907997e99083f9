import aiohttp
import pytest

from classroom.simulation import connection
from classroom.simulation.connection import stay_connected


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(connection, "FIRST_DELAY_S", 0.0)


class Server:
    """Ends one connection after another with the given close code or error."""

    def __init__(self, *ends) -> None:
        self.ends = list(ends)
        self.losses = 0

    async def connect(self) -> int | None:
        end = self.ends.pop(0)
        if isinstance(end, Exception):
            raise end
        return end

    def lost(self) -> None:
        self.losses += 1


async def test_connection_closed_with_a_final_code_is_not_reopened():
    server = Server(4410, 4410)
    assert await stay_connected(server.connect, lost=server.lost) == 4410
    assert (server.losses, len(server.ends)) == (0, 1)


@pytest.mark.parametrize("end", [None, 1006, 4500, 4503, aiohttp.ClientConnectionError("refused"), OSError("reset")])
async def test_lost_connection_is_reopened(end):
    server = Server(end, end, 1000)
    assert await stay_connected(server.connect, lost=server.lost) == 1000
    assert server.losses == 2
