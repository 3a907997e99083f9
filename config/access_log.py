"""Daphne's access log without keys and codes."""

from typing import Any

from daphne import access, cli

from config.log_secrets import without_secrets


class AccessLog(access.AccessLogGenerator):
    def write_entry(self, *, request: str, **fields: Any) -> None:
        super().write_entry(request=without_secrets(request), **fields)


def install() -> None:
    """Make daphne write this log. Its command looks the class up once the application is loaded."""
    cli.AccessLogGenerator = AccessLog
