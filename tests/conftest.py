import fcntl
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from django.db import connection
from django.test import TransactionTestCase
from django.urls import get_resolver

from accounts import outgoing
from classroom.infra import rate_limits
from tests import process_state
from tests.database import InitialRows, migrated_file
from tests.server import collect_static, make_demo, running_server, static_files
from tests.workers import WORKER

# Fixtures that start the product in separate processes or make what it serves, and those that use the database.
LIVE = {"server", "server_without_simulation", "server_with_short_deadlines", "product", "static_settings"}
DATABASE = {"db", "transactional_db"}
# The folders of tests that use the former: collecting the others would take each worker seconds.
LIVE_FOLDERS = tuple(
    Path(__file__).parent / folder
    for folder in ("benchmarks", "browser", "classroom/api/v1", "classroom/simulation", "config", "faults", "security")
)
# Tests in these folders use the cache or the channel layer, even those without a database.
ON_SERVICES = {"consumers", "infra", "tasks"}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    is_elsewhere = collection_path.suffix == ".py" and not _is_in_live_folder(collection_path)
    return True if config.option.markexpr == "live" and is_elsewhere else None


def _is_in_live_folder(path: Path) -> bool:
    return any(path.is_relative_to(folder) for folder in LIVE_FOLDERS)


@pytest.hookimpl(tryfirst=True)  # before -m selects
def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    for item in items:
        fixtures = set(item.fixturenames)
        if LIVE & fixtures:
            if not _is_in_live_folder(item.path):
                raise pytest.UsageError(f"{item.nodeid} starts the product: add its folder to LIVE_FOLDERS.")
            item.add_marker("live")
        uses_database = DATABASE & fixtures or item.get_closest_marker("django_db")
        if uses_database:
            item.add_marker("database")
        if (uses_database or ON_SERVICES & set(item.path.parts)) and not item.get_closest_marker("any_database"):
            item.add_marker("services")


@pytest.fixture(autouse=True)
def _fresh_state(settings, monkeypatch):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a fast one
    # The host of Django's test client.
    settings.SITE_URL, settings.SITE_HOSTS, settings.SITE_ORIGINS = (
        "http://testserver",
        ["testserver"],
        ["http://testserver"],
    )
    # Each test client has its own middleware, and WhiteNoise's would first list all static files.
    settings.WHITENOISE_AUTOREFRESH = True
    # No period of a rate limit ends during a test.
    began = time.time()
    monkeypatch.setattr(rate_limits, "_clock", lambda: began)
    # A test's own server answers when the machine lets it.
    monkeypatch.setattr(outgoing, "TIMEOUT", (60, 60))
    monkeypatch.setattr(outgoing, "DEADLINE_S", 120)
    process_state.reset()
    yield
    process_state.wait_until_idle()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory, django_db_modify_db_settings):
    """Two runs of pytest at the same time do not share an SQLite file."""
    if connection.vendor == "sqlite":
        own = tmp_path_factory.mktemp("database") / "test.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = shutil.copy(migrated_file(), own)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    return connection.vendor == "sqlite"  # a copy that is already migrated


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        initial = InitialRows()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: initial.restore())
        yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            # Connections still held in other threads' pools would keep the test database from being dropped.
            others = "datname = current_database() and pid <> pg_backend_pid()"
            connection.cursor().execute(f"select pg_terminate_backend(pid) from pg_stat_activity where {others}")  # noqa: S608


class Clock:
    def __init__(self) -> None:
        self.now = time.time()

    def advance(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def wall_clock(monkeypatch) -> Clock:
    """time.time() of this process, which stands still until a test advances it."""
    _ = get_resolver().url_patterns  # imports the views: some modules bind time.time when they are imported
    clock = Clock()
    monkeypatch.setattr(time, "time", lambda: clock.now)
    return clock


def _jpeg(width: int, height: int, image: np.ndarray | None = None) -> bytes:
    if image is None:
        image = np.full((height, width, 3), 127, np.uint8)
    return cv2.imencode(".jpg", image)[1].tobytes()


@pytest.fixture(scope="session")
def jpeg_without_face() -> bytes:
    return _jpeg(320, 240)


@pytest.fixture(scope="session")
def portrait() -> bytes:
    """A webcam-like frame with one face: the portrait that ships with scikit-image."""
    from skimage import data  # noqa: PLC0415  # heavy, and few tests need it

    image = cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR)
    return _jpeg(320, 320, cv2.resize(image, (320, 320), interpolation=cv2.INTER_AREA))


@pytest.fixture(scope="session")
def wide_jpeg() -> bytes:
    return _jpeg(1281, 64)


def _made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that the first worker to need it makes for all."""
    shared = tmp_path_factory.getbasetemp()
    if WORKER:
        shared = shared.parent
    folder, finished = shared / name, shared / f"{name}.finished"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not finished.exists():
            make(folder)
            finished.touch()
    return folder


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The folder of the demo's database, of which every server starts with a copy."""
    return _made_once(tmp_path_factory, "demo", lambda folder: make_demo(folder, migrated_file()))


@pytest.fixture(scope="session")
def static_settings(tmp_path_factory):
    """Settings of a server that serves files as `make run` collects them: a page takes few requests for its scripts."""
    return static_files(_made_once(tmp_path_factory, "static", collect_static))


@pytest.fixture(scope="session")
def server(tmp_path_factory, demo, static_settings):
    """The demo, as `make run` starts it."""
    yield from running_server(tmp_path_factory.mktemp("server"), demo, SIMULATION_ALLOWED="1", **static_settings)


@pytest.fixture(scope="session")
def server_without_simulation(tmp_path_factory, demo):
    yield from running_server(tmp_path_factory.mktemp("strict-server"), demo, SIMULATION_ALLOWED="0")
