import io
import json
import logging

import pytest

from tests import factories


class Log:
    """The lines that the security log has received, as they would be printed."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def lines(self, *names: str) -> list[dict]:
        """The lines with these event names, or all, without their times."""
        lines = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in lines if line.pop("at") and (not names or line["event"] in names)]


@pytest.fixture
def log():
    logger, log = logging.getLogger("attune.security"), Log()
    handler = logging.StreamHandler(log.stream)
    handler.setFormatter(logger.handlers[0].formatter)
    logger.addHandler(handler)
    yield log
    logger.removeHandler(handler)


@pytest.fixture
def user():
    return factories.user()
