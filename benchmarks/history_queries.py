"""How fast the history pages are with millions of readings: queries and milliseconds per page.

    DATABASE_URL=postgres://… python benchmarks/history_queries.py --readings 10000000 --json

Creates its own database, attune_history, next to the one that DATABASE_URL names, fills it as history_data.py
describes, rolls the sessions up as the product does, and requests each page through Django's test client as its teacher
or student. Exits with 1 if a page takes more than MAX_QUERIES queries or MAX_P95_MS milliseconds.
"""

import argparse
import json
import os
import statistics
import sys
import time
import urllib.parse
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "attune_history"
MAX_QUERIES = 10
MAX_P95_MS = 100.0


@dataclass(frozen=True)
class PageTiming:
    page: str
    queries: int
    p50_ms: float
    p95_ms: float


def main() -> int:
    options = parse()
    prepare_database(options.reuse)
    start_django()
    from benchmarks import history_data  # noqa: PLC0415  # imports models, so after django.setup

    if not options.reuse:
        history_data.fill(options.readings)
    readings = history_data.count()
    pages = [measure(name, user, path, options.rounds) for name, user, path in history_data.pages()]
    report(readings, pages, options.json)
    within_limits = all(page.queries <= MAX_QUERIES and page.p95_ms <= MAX_P95_MS for page in pages)
    return 0 if within_limits else 1


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--readings", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=40, help="requests a page, after three to warm up")
    parser.add_argument("--reuse", action="store_true", help="measure the database of an earlier run")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def prepare_database(reuse: bool) -> None:
    url = os.environ.get("DATABASE_URL") or sys.exit("DATABASE_URL must name a Postgres database.")
    parts = urllib.parse.urlsplit(url)
    if not reuse:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {DATABASE}")
    os.environ["DATABASE_URL"] = urllib.parse.urlunsplit(parts._replace(path=f"/{DATABASE}"))
    os.environ.pop("REDIS_URL", None)


def start_django() -> None:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["SITE_URL"] = "http://testserver"
    # Above the limit, the server would answer fast, with refusals.
    os.environ["DOWNLOADS_A_MINUTE"] = os.environ["COMPARISONS_A_MINUTE"] = "1000000"
    import django  # noqa: PLC0415  # after the environment

    django.setup()


def measure(name, user, path: str, rounds: int) -> PageTiming:
    from django.db import connection  # noqa: PLC0415  # after django.setup
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client = Client()
    client.force_login(user)
    for _ in range(3):
        status = client.get(path).status_code
        if status != 200:
            sys.exit(f"{path} answered {status}")
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    # Counted here: the next request clears them.
    count = len(queries)
    times = sorted(seconds(client, path) * 1000 for _ in range(rounds))
    p95 = times[min(len(times) - 1, round(0.95 * len(times)))]
    return PageTiming(name, count, round(statistics.median(times), 1), round(p95, 1))


def seconds(client, path: str) -> float:
    start = time.perf_counter()
    client.get(path)
    return time.perf_counter() - start


def report(readings: int, pages: list[PageTiming], as_json: bool) -> None:
    if as_json:
        print(json.dumps({"readings": readings, "pages": [asdict(page) for page in pages]}))
        return
    print(f"{readings:,} readings")
    for page in pages:
        print(f"{page.page:<40} {page.queries:3} queries   p50 {page.p50_ms:6.1f} ms   p95 {page.p95_ms:6.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
