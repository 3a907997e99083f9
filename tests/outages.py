"""Outages of the database, for every connection of this process."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest
from asgiref.sync import SyncToAsync
from django.db import OperationalError, connection, connections
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from classroom.infra import circuit_breaker

ATTEMPTS = 12


@contextmanager
def database_unavailable(after_s: float = 0.0) -> Iterator[None]:
    """Every statement fails, after as many seconds as an attempt to connect takes."""

    def fail(*_, **__):
        time.sleep(after_s)
        raise OperationalError("the server closed the connection unexpectedly")

    with pytest.MonkeyPatch.context() as patch:
        for way in ("execute", "executemany"):
            patch.setattr(CursorWrapper, way, fail)
        circuit_breaker.reset()
        try:
            yield
        finally:
            circuit_breaker.reset()


@contextmanager
def database_refuses_writes() -> Iterator[None]:
    """A real outage for writes, for tests that commit: another connection locks SQLite, or Postgres is read-only after
    a failover that has cut all connections."""
    refuse = _read_only_postgres if connection.vendor == "postgresql" else _locked_sqlite
    with refuse():
        circuit_breaker.reset()
        try:
            yield
        finally:
            circuit_breaker.reset()


@contextmanager
def _locked_sqlite() -> Iterator[None]:
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, timeout=20)) as other:
        other.execute("begin immediate")
        yield


@contextmanager
def _read_only_postgres() -> Iterator[None]:
    settings = connection.settings_dict
    where = {name.lower(): settings[name] for name in ("HOST", "PORT", "USER", "PASSWORD")}
    with psycopg.connect(dbname=settings["NAME"], **where) as administrator, read_only(administrator):
        yield
    _connect_again()


def _connect_again() -> None:
    """Reconnect for the tests that follow, unless an event loop runs, in which the class under test does so itself.

    This thread, that of `sync_to_async` and the pool still hold connections that the outage has cut. The pool tries to
    replace its own less and less often.
    """
    if asyncio._get_running_loop():
        return
    connection.close()
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()
    connection.pool.open()  # a test of another time zone has replaced it with a closed one
    connection.pool.check()
    for attempt in range(ATTEMPTS):
        try:
            connection.ensure_connection()
            break
        except OperationalError:  # after the pool's timeout
            if attempt == ATTEMPTS - 1:
                raise
    connection.close()  # returns it to the pool


@contextmanager
def read_only(administrator: psycopg.Connection) -> Iterator[None]:
    """Postgres accepts no writes to this connection's database, and cuts all other connections to it."""
    administrator.autocommit = True
    alter = sql.SQL("alter database {} {} default_transaction_read_only").format
    database = sql.Identifier(administrator.info.dbname)
    administrator.execute(alter(database, sql.SQL("set")) + sql.SQL(" = on"))
    others = "datname = current_database() and pid <> pg_backend_pid()"
    administrator.execute(f"select pg_terminate_backend(pid) from pg_stat_activity where {others}")  # noqa: S608
    try:
        yield
    finally:
        administrator.execute(alter(database, sql.SQL("reset")))
