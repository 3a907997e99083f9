"""Django's Postgres backend, but it treats a server that refuses writes like one that does not answer, and it switches
just-in-time compilation off.

A server becomes read-only when it has been replaced by another (fail-over), or when its disk is full and its host or
administrator sets default_transaction_read_only. Postgres reports that as an internal error, and the connection stays
usable for reading; Django would keep it.
"""

from types import TracebackType
from typing import Any

from django.db import OperationalError
from django.db.backends.postgresql import base
from django.db.utils import DatabaseErrorWrapper
from django.utils.functional import cached_property
from psycopg import Cursor
from psycopg.errors import ReadOnlySqlTransaction
from psycopg.types.numeric import Int8


class ReadOnlyIsUnavailable(DatabaseErrorWrapper):
    """Turns a refused write into an OperationalError and closes the connection, so that the next one may reach a server
    that accepts writes. services.postgres opens no connection to any other."""

    wrapper: base.DatabaseWrapper

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not isinstance(exc_value, ReadOnlySqlTransaction):
            return super().__exit__(exc_type, exc_value, traceback)
        self.wrapper.errors_occurred = True
        self.wrapper.connection.close()
        raise OperationalError(*exc_value.args).with_traceback(traceback) from exc_value


class PreparedCursor(Cursor):
    """Django's own cursor writes the values into the SQL, so each call would be a new statement."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        # psycopg chooses a type by the size of a number, and would prepare each combination of types.
        typed = [Int8(each) if type(each) is int else each for each in params]
        return super().execute(query, typed, prepare=True)


class DatabaseWrapper(base.DatabaseWrapper):
    @cached_property
    def wrap_database_errors(self) -> ReadOnlyIsUnavailable:
        return ReadOnlyIsUnavailable(self)

    def _configure_connection(self, connection: Any) -> bool:
        """Django calls this once for each connection, with or without a pool, and commits if it returns True.

        Compiling a query takes longer than a page's query runs: up to two seconds, where Postgres expects many rows.
        """
        super()._configure_connection(connection)  # type: ignore[misc]  # unknown to the stubs
        with connection.cursor() as cursor:
            cursor.execute("SET jit TO off")
        return True

    def prepared_cursor(self) -> Any:
        """Return a cursor that has Postgres prepare its statements, or an ordinary one without prepare_threshold."""
        cursor = self.cursor()
        if self.connection.prepare_threshold is None:
            return cursor
        wrapped: Any = self.make_debug_cursor if self.queries_logged else self.make_cursor
        return wrapped(PreparedCursor(self.connection))
