"""How fast the pages of history are with millions of readings: queries and milliseconds a page.

    DATABASE_URL=postgres://… python benchmarks/history_queries.py --readings 10000000 --json

Makes a database of its own, attune_history, beside the one that DATABASE_URL names, fills it, rolls the sessions up as
the product does, and asks for each page through Django's test client as its teacher (or its student). The data: a
course whose sessions of 45 minutes have 30 students each, a reading every 1.5 s, and a course with one session of 300.
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
MINUTES = 45
PER_STUDENT = MINUTES * 60 * 2 // 3
CLASS = 30
LARGE_CLASS = 300
MOST_QUERIES = 10
MOST_P95_MS = 100.0
EXPRESSIONS = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]


@dataclass(frozen=True)
class PageFigures:
    page: str
    queries: int
    p50_ms: float
    p95_ms: float


def main() -> int:
    options = parse()
    prepare_database(options.reuse)
    start_django()
    from benchmarks import history_data  # noqa: PLC0415  # needs Django

    if not options.reuse:
        history_data.fill(options.readings)
    readings = history_data.count()
    pages = [measured(name, user, path, options.rounds) for name, user, path in history_data.pages()]
    report(readings, pages, options.json)
    good = all(page.queries <= MOST_QUERIES and page.p95_ms <= MOST_P95_MS for page in pages)
    return 0 if good else 1


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--readings", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=40, help="requests a page, after three that are not counted")
    parser.add_argument("--reuse", action="store_true", help="measure the database that an earlier run left behind")
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
    os.environ["ALLOWED_HOSTS"] = "testserver"
    # Beyond the limit the answers would be quick, and no downloads.
    os.environ["DOWNLOADS_A_MINUTE"] = "1000000"
    import django  # noqa: PLC0415  # after the environment

    django.setup()


def measured(name, user, path: str, rounds: int) -> PageFigures:
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
    # Counted now: the next request forgets them.
    count = len(queries)
    times = sorted(seconds(client, path) * 1000 for _ in range(rounds))
    p95 = times[min(len(times) - 1, round(0.95 * len(times)))]
    return PageFigures(name, count, round(statistics.median(times), 1), round(p95, 1))


def seconds(client, path: str) -> float:
    start = time.perf_counter()
    client.get(path)
    return time.perf_counter() - start


def report(readings: int, pages: list[PageFigures], as_json: bool) -> None:
    if as_json:
        print(json.dumps({"readings": readings, "pages": [asdict(page) for page in pages]}))
        return
    print(f"{readings:,} readings")
    for page in pages:
        print(f"{page.page:<40} {page.queries:3} queries   p50 {page.p50_ms:6.1f} ms   p95 {page.p95_ms:6.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
