"""How long the deletion of a course keeps its page and other writers waiting.

    python benchmarks/course_deletion.py --sessions 100 --readings 100000
    DATABASE_URL=postgres://… python benchmarks/course_deletion.py

Uses its own SQLite file, or a test database next to the one that DATABASE_URL names, which it drops. It requests the
list of what will be deleted, takes the first step, then deletes the rest while another thread writes every 20 ms.
"""

import argparse
import os
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)
STUDENTS = 30
WRITE_EVERY_S = 0.02


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--readings", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SQLITE_PATH"] = str(Path(folder) / "benchmark.sqlite3")
        os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "SITE_URL": "http://testserver"}
        sys.path.insert(0, str(ROOT))
        import django  # noqa: PLC0415  # after the settings are set

        django.setup()
        from django.test.utils import setup_databases, teardown_databases  # noqa: PLC0415

        databases = setup_databases(verbosity=0, interactive=False)
        try:
            fill(options.sessions, options.readings)
            measure()
        finally:
            teardown_databases(databases, verbosity=0)


def fill(sessions: int, readings: int) -> None:
    from accounts.models import User  # noqa: PLC0415  # after django.setup
    from classroom.models import Attendance, ClassSession, Course, Enrolment, Reading, Stay  # noqa: PLC0415

    course = Course.objects.create(name="Course")
    students = [User(email=f"{n}@benchmark.invalid", name=f"Student {n}", role="student") for n in range(STUDENTS)]
    students = User.objects.bulk_create(students)
    Enrolment.objects.bulk_create(Enrolment(course=course, student=student) for student in students)
    hour = timedelta(hours=1)
    starts = [FIRST + timedelta(days=n) for n in range(sessions)]
    held = ClassSession.objects.bulk_create(
        ClassSession(course=course, topic="Class", started_at=start, ended_at=start + hour) for start in starts
    )
    attendances = Attendance.objects.bulk_create(
        Attendance(session=each, student=student, changed_at=each.started_at) for each in held for student in students
    )
    Stay.objects.bulk_create(
        Stay(attendance=each, joined_at=each.changed_at, last_seen_at=each.changed_at) for each in attendances
    )
    for session in held:
        per_student = readings // sessions // STUDENTS + 1
        times = [session.started_at + n * hour / per_student for n in range(per_student)]
        made = [
            Reading(session=session, student=student, seq=n, captured_at=at, received_at=at, faces=0, model="benchmark")
            for student in students
            for n, at in enumerate(times)
        ]
        Reading.objects.bulk_create(made[: readings // sessions], batch_size=5000)


def measure() -> None:
    from django.test import Client  # noqa: PLC0415  # after django.setup

    from accounts.models import User  # noqa: PLC0415
    from classroom.domain.courses.deletion import begin_deletion, course_contents, finish_deletions  # noqa: PLC0415
    from classroom.models import Course  # noqa: PLC0415

    course = Course.objects.get()
    print(course_contents(course))
    client = Client()
    client.force_login(User.objects.create_user("admin@benchmark.invalid", None, name="Admin", role="administrator"))
    began = time.perf_counter()
    assert client.get(f"/administration/courses/{course.pk}/delete/").status_code == 200  # noqa: S101
    print(f"statement of what goes: {time.perf_counter() - began:.3f} s")
    began = time.perf_counter()
    begin_deletion(course=course, now=FIRST)
    print(f"first step, in the request: {time.perf_counter() - began:.3f} s")
    done = threading.Event()
    waits: list[float] = []
    writer = threading.Thread(target=write_until, args=(done, waits))
    writer.start()
    began = time.perf_counter()
    finish_deletions()
    took = time.perf_counter() - began
    done.set()
    writer.join()
    print(
        f"the rest, in the background: {took:.3f} s; {len(waits)} writes of another thread: longest {max(waits):.3f} s"
    )


def write_until(done: threading.Event, waits: list[float]) -> None:
    from django.db import connection  # noqa: PLC0415  # after django.setup

    from accounts.models import User  # noqa: PLC0415

    while not done.wait(WRITE_EVERY_S):
        began = time.perf_counter()
        User.objects.filter(email="admin@benchmark.invalid").update(last_login=FIRST)
        waits.append(time.perf_counter() - began)
    connection.close()


if __name__ == "__main__":
    main()
