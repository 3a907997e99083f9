"""One fault at a time in a running class. After each, without any help, results flow again for everyone within 20 s and
every reading reported to a student as saved, or as pending, is in the database exactly once."""

import signal
import time
from contextlib import closing

import environ
import psutil
import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler
from redis import Redis

from config import services as services_settings
from tests.faults.distributed import recorded_pid, services
from tests.faults.lesson import FLOWS_AGAIN_S, eventually, missing
from tests.outages import read_only

pytestmark = pytest.mark.slow
SAVED_S = 20
ENDS_WITHIN_S = 10
JPEG = b"\xff\xd8\xff"
# A crash, and what supervisors send during an upgrade.
ENDS = pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "terminated"])
KEY = "student_id, seq, greatest(angry, disgust, fear, happy, neutral, sad, surprise)"


@pytest.fixture(autouse=True)
def _reported_readings_are_saved(product, lesson):
    yield
    reported = [*lesson.seen.reported_saved, *lesson.seen.reported_pending]
    eventually(lambda: not missing(reported, _readings(product, KEY)), SAVED_S, "a reported reading is not saved")
    snapshots = _readings(product, "student_id, received_at")
    assert len(snapshots) == len(set(snapshots))


@pytest.fixture
def no_connection_is_lost(lesson):
    before = lesson.seen.reconnects
    yield
    assert lesson.seen.reconnects == before


@pytest.mark.usefixtures("no_connection_is_lost")
def test_killed_worker_child_is_replaced(product, lesson):
    before = product.worker_children
    psutil.Process(min(before)).kill()
    lesson.flows_again()
    eventually(lambda: len(product.worker_children - before) == 1, FLOWS_AGAIN_S, "no new child")


@ENDS
@pytest.mark.usefixtures("no_connection_is_lost")
def test_ended_worker_is_restarted(product, lesson, number):
    ended, children = product.worker, product.worker.children()
    ended.send_signal(number)
    _, running = psutil.wait_procs([ended, *children], timeout=ENDS_WITHIN_S)  # they finish their tasks
    assert not running
    lesson.flows_again()


@pytest.fixture
def own_connection(product, django_db_blocker):
    """A connection as Django configures it, to the product's database instead of the test's."""
    configured = services_settings.postgres(environ.Env.db_url_config(product.addresses["DATABASE_URL"]), pool_size=0)
    connection = ConnectionHandler({"default": configured})["default"]
    with django_db_blocker.unblock(), closing(connection):
        yield connection


def test_connection_to_a_postgres_that_became_read_only_is_replaced(own_connection):
    """Hosts switch to read-only when the disk is full, without cutting connections."""
    write = "delete from django_session where session_key = ''"
    with own_connection.cursor() as cursor:
        cursor.execute("set default_transaction_read_only = on")
        with pytest.raises(OperationalError, match="read-only transaction"):
            cursor.execute(write)
    assert own_connection.connection.closed
    own_connection.close_if_unusable_or_obsolete()
    with own_connection.cursor() as cursor:
        cursor.execute(write)


@pytest.mark.usefixtures("no_connection_is_lost")
def test_class_goes_on_while_postgres_accepts_no_writes(product, lesson):
    with product.postgres() as administrator, read_only(administrator):
        lesson.flows_again()
    lesson.flows_again()


@pytest.mark.usefixtures("no_connection_is_lost")
def test_class_recovers_from_a_redis_that_restarts_empty(product, lesson):
    product.redis().set("remembered", 1)
    psutil.Process(recorded_pid("redis")).kill()
    services("start")
    # On busy cores, Postgres may just have answered too late: a second fault, in which pending readings are lost.
    lesson.seen.reported_pending.clear()
    assert product.redis().get("remembered") is None
    lesson.flows_again()


@pytest.mark.usefixtures("no_connection_is_lost")
def test_class_recovers_from_a_restart_of_postgres(product, lesson):
    before = recorded_pid("postgres")
    services("stop", "postgres")
    services("start")
    lesson.flows_again()
    assert recorded_pid("postgres") != before


@pytest.mark.usefixtures("no_connection_is_lost")
def test_cameras_rest_while_postgres_is_down_and_nobody_is_remembered(product, lesson):
    stopped_at = time.monotonic()
    services("stop", "postgres")
    try:
        with product.redis() as redis:
            for key in redis.scan_iter(match="*known-attendance*"):  # as after sixty seconds
                redis.delete(key)
        eventually(lambda: lesson.is_unknown_since(stopped_at), FLOWS_AGAIN_S, "somebody is still remembered")
        time.sleep(1)  # a worker's current results have arrived
        at_rest = (lesson.seen.sent, dict(lesson.seen.reported_at))
        time.sleep(5)  # five intervals and more
        assert (lesson.seen.sent, dict(lesson.seen.reported_at)) == at_rest
    finally:
        services("start")
    lesson.flows_again()


@ENDS
def test_sockets_of_an_ended_web_process_reconnect_to_another(product, lesson, number):
    losses = lesson.seen.reconnects
    # From their own reports: only root may list the connections of processes that leave no core dump.
    open_sockets = product.open_sockets()
    busiest = max(product.web_processes, key=lambda process: open_sockets[process.pid])
    busiest.send_signal(number)
    busiest.wait(ENDS_WITHIN_S)
    lesson.flows_again()
    assert lesson.seen.reconnects > losses
    eventually(lambda: len(product.web_processes) == 2, FLOWS_AGAIN_S, "no new web process")


@pytest.mark.usefixtures("no_connection_is_lost")
def test_class_recovers_when_a_full_redis_has_room_again(product, lesson):
    with product.redis() as redis:
        redis.config_resetstat()
        redis.config_set("maxmemory", 1)
        eventually(lambda: "errorstat_OOM" in redis.info("errorstats"), 10, "Redis refused nothing")
        time.sleep(5)  # the class runs on it for a while
        redis.config_set("maxmemory", 256 * 1024 * 1024)
    lesson.flows_again()


@pytest.mark.usefixtures("no_connection_is_lost")
def test_slow_network_only_slows_the_class(product, lesson):
    product.network.delay_s = 0.1  # each way
    try:
        time.sleep(5)  # everything sent before has arrived
        lesson.flows_again()
    finally:
        product.network.delay_s = 0
    lesson.flows_again()


def test_no_image_is_left_anywhere(product, running_lesson):
    """The last test, after all faults: in the tables, in Redis once the mailboxes have expired, in the log."""
    rows = _all_tables(product)
    assert b"classroom_reading" in rows
    assert JPEG.hex().encode() not in rows
    running_lesson.end()
    eventually(lambda: JPEG not in _all_of_redis(product), 10, "an image is left in Redis")
    log = product.log.read_bytes()
    assert not any(trace in log for trace in (JPEG, JPEG.hex().encode(), rb"\xff\xd8\xff", b"/9j/4AAQ"))


def _all_tables(product) -> bytes:
    """The name and rows of each table as text, in which bytes are hexadecimal digits."""
    found = []
    with product.postgres() as connection:
        for (table,) in connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall():
            with connection.cursor().copy(f'copy "{table}" to stdout') as rows:
                found += [table.encode(), *rows]
    return b"\n".join(bytes(part) for part in found)


def _all_of_redis(product) -> bytes:
    with product.redis() as redis:
        return b"\n".join(found for key in redis.scan_iter() for found in (key, _content(redis, key)))


def _content(redis: Redis, key: bytes) -> bytes:
    # A dump may be compressed, so read strings, which images would be, as they are.
    return (redis.get(key) if redis.type(key) == b"string" else redis.dump(key)) or b""


def _readings(product, columns: str) -> list[tuple]:
    with product.postgres() as connection:
        return connection.execute(f"select {columns} from classroom_reading").fetchall()  # noqa: S608
