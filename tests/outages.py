"""An outage of the database, for every connection of this process."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper

from classroom.infra import circuit_breaker


@contextmanager
def database_unavailable() -> Iterator[None]:
    def fail(*_, **__):
        raise OperationalError("the server closed the connection unexpectedly")

    with pytest.MonkeyPatch.context() as patch:
        for way in ("execute", "executemany"):
            patch.setattr(CursorWrapper, way, fail)
        circuit_breaker.reset()
        try:
            yield
        finally:
            circuit_breaker.reset()
