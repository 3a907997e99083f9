"""Runs the commands of manage.py. What the person at the terminal can mend is one line instead of a traceback."""

import io
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

# As shells report a process that a signal has ended.
INTERRUPTED, OUTPUT_CLOSED = 130, 141


def main(arguments: list[str]) -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name that the terminal cannot show must not end the command.
        sys.stdout.reconfigure(errors="backslashreplace")
    elif sys.stdout is None:  # closed
        sys.stdout = io.StringIO()
    if "--traceback" in arguments:
        execute_from_command_line(arguments)
        return
    try:
        execute_from_command_line(arguments)
    except KeyboardInterrupt:
        _end("Interrupted.", INTERRUPTED)
    except BrokenPipeError:
        _discard_output()
        _end("The command has stopped early, because nobody reads its output any longer.", OUTPUT_CLOSED)
    except Exception as error:
        if advice := _advice(error):
            _end(advice)
        raise
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
        sys.exit(OUTPUT_CLOSED)


def _advice(error: Exception) -> str:
    """Return what the operator can do about the error, or nothing if it may be a fault of the product."""
    if isinstance(error, ImproperlyConfigured):
        return str(error)
    # After the settings, which the other packages read.
    from django.db import DatabaseError, InterfaceError, OperationalError  # noqa: PLC0415
    from kombu.exceptions import OperationalError as BrokerError  # noqa: PLC0415
    from redis.exceptions import RedisError  # noqa: PLC0415

    if isinstance(error, RedisError | BrokerError):
        return f"Redis is not available: {_first_line(error)}"
    if isinstance(error, DatabaseError) and _lacks_migrations():
        return "The database lacks the tables of this version. Run manage.py migrate first."
    if isinstance(error, OperationalError | InterfaceError):
        return f"The database is not available: {_first_line(error)}"
    return ""


def _lacks_migrations() -> bool:
    from django.db import DatabaseError, connection  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    try:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return False


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _end(text: str, status: int = 1) -> None:
    sys.stderr.write(f"{text}\n")
    sys.exit(status)


def _discard_output() -> None:
    """Otherwise Python complains at its exit that it cannot write what is left."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
