"""The data of history_queries.py: fills an empty Postgres database with sessions and readings, mostly in SQL.

A course whose sessions have CLASS students each and, from a million readings, also a course with one session of
LARGE_CLASS. Every student has a reading every 1.5 s.
"""

import sys
from datetime import UTC, datetime, timedelta

from django.core.management import call_command
from django.db import connection

from accounts.models import User
from classroom.domain.history.rollups import rebuild_rollups
from classroom.measures import EXPRESSIONS
from classroom.models import Attendance, ClassSession, Course, Enrolment, Reading, Stay

MINUTES = 45
LENGTH = timedelta(minutes=MINUTES)
PER_STUDENT = MINUTES * 60 * 2 // 3
CLASS = 30
LARGE_CLASS = 300
FIRST = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
AFTER = timedelta(hours=2)


def fill(readings: int) -> None:
    call_command("migrate", verbosity=0)
    teacher = User.objects.create_user("teacher@benchmark.invalid", "x", name="Teacher", role="teacher")
    large = LARGE_CLASS * PER_STUDENT if readings >= 1_000_000 else 0
    sessions = max((readings - large) // (CLASS * PER_STUDENT), 2)
    make_course("Term", teacher, CLASS, sessions)
    if large:
        make_course("Lecture", teacher, LARGE_CLASS, 1)
    with connection.cursor() as cursor:
        recreate = drop_indexes(cursor)
        for number, session in enumerate(ClassSession.objects.order_by("pk"), 1):
            cursor.execute(READINGS, [session.pk, session.pk])
            say(f"\r{number} sessions filled")
        say("\nindexes …")
        for statement in recreate:
            cursor.execute(statement)
        cursor.execute(ANSWERS)
        cursor.execute(ALERTS)
        cursor.execute(MARKERS)
    for number, session in enumerate(ClassSession.objects.order_by("pk"), 1):
        rebuild_rollups(session=session, now=session.started_at + LENGTH + AFTER)
        say(f"\r{number} sessions rolled up")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    say("\n")


def count() -> int:
    return Reading.objects.count()


def pages() -> list[tuple[str, User, str]]:
    """Each page as (name, user who requests it, path)."""
    teacher = User.objects.get(role="teacher")
    term = Course.objects.get(name="Term")
    session = term.sessions.latest("started_at")
    student = Enrolment.objects.filter(course=term).earliest("pk").student
    course, at = f"/courses/{term.pk}", f"/sessions/{session.pk}"
    last = -(-term.sessions.count() // 20)
    found = [
        ("course", teacher, f"{course}/"),
        ("course: term", teacher, f"{course}/term/"),
        ("course: term, last page", teacher, f"{course}/term/?page={last}"),
        ("course: a student over the sessions", teacher, f"{course}/students/{student.pk}/"),
        ("session: report", teacher, f"{at}/"),
        ("session: a student", teacher, f"{at}/students/{student.pk}/"),
        ("session: students.csv", teacher, f"{at}/students.csv"),
        ("session: attendance.csv", teacher, f"{at}/attendance.csv"),
        ("student: course", student, f"{course}/"),
        ("student: over the sessions", student, f"{course}/mine/"),
        ("student: session", student, f"{at}/mine/"),
    ]
    for lecture in ClassSession.objects.filter(course__name="Lecture"):
        found.append((f"session: report of {LARGE_CLASS}", teacher, f"/sessions/{lecture.pk}/"))
        found.append((f"course: term of {LARGE_CLASS}", teacher, f"/courses/{lecture.course_id}/term/"))
    return found


def make_course(name: str, teacher: User, students: int, sessions: int) -> None:
    course = Course.objects.create(name=name, mode="camera")
    course.teachers.add(teacher)
    users = User.objects.bulk_create(
        User(email=f"{name}{number}@benchmark.invalid", name=f"Student {number:03}", role="student")
        for number in range(students)
    )
    Enrolment.objects.bulk_create(Enrolment(course=course, student=user) for user in users)
    Enrolment.objects.update(joined_at=FIRST)
    held = ClassSession.objects.bulk_create(
        ClassSession(
            course=course,
            topic=f"{name} {number + 1}",
            started_at=FIRST + timedelta(days=number),
            ended_at=FIRST + timedelta(days=number) + LENGTH,
        )
        for number in range(sessions)
    )
    attendances = Attendance.objects.bulk_create(
        Attendance(session=session, student=user, changed_at=session.started_at + LENGTH)
        for session in held
        for user in users
    )
    Stay.objects.bulk_create(
        Stay(attendance=each, joined_at=each.session.started_at, last_seen_at=each.changed_at, left_at=each.changed_at)
        for each in attendances
    )


def drop_indexes(cursor) -> list[str]:
    """Drop the readings' indexes and constraints, because building an index once is faster than updating it ten million
    times. Returns the statements that recreate them."""
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'classroom_reading'::regclass AND contype IN ('f', 'u')"
    )
    recreate = []
    for name, definition in cursor.fetchall():
        cursor.execute(f'ALTER TABLE classroom_reading DROP CONSTRAINT "{name}"')
        recreate.append(f'ALTER TABLE classroom_reading ADD CONSTRAINT "{name}" {definition}')
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes"
        " WHERE tablename = 'classroom_reading' AND indexname NOT LIKE '%_pkey'"
    )
    for name, definition in cursor.fetchall():
        cursor.execute(f'DROP INDEX "{name}"')
        recreate.append(definition)
    return recreate


def say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


# One snapshot in five has no face or an uncertain expression. The seven shares of the others add up to one.
_WEIGHTS = ", ".join(f"random() AS {name}" for name in EXPRESSIONS)
_SUM = " + ".join(EXPRESSIONS)
_SHARES = ", ".join(f"CASE WHEN luck > 0.1 THEN {name} / ({_SUM}) END" for name in EXPRESSIONS)
READINGS = f"""
INSERT INTO classroom_reading (session_id, student_id, seq, captured_at, received_at, faces, expression, uncertain,
    {", ".join(EXPRESSIONS)}, box_x, box_y, box_w, box_h, face_score, face_size, brightness, sharpness, model)
SELECT %s, student_id, seq, at, at + interval '100 ms', (luck > 0.1)::int,
    CASE WHEN luck > 0.1 THEN 'neutral' ELSE '' END,
    CASE WHEN luck BETWEEN 0.1 AND 0.2 THEN 'flat' ELSE '' END, {_SHARES}, .3, .3, .2, .3, .9, 90, .5, 100, 'benchmark'
FROM (
    SELECT attendance.student_id, seq, random() AS luck, {_WEIGHTS},
        session.started_at + (seq * 1.5 + random()) * interval '1 second' AS at
    FROM generate_series(0, {PER_STUDENT - 1}) AS seq
    CROSS JOIN classroom_attendance AS attendance
    JOIN classroom_classsession AS session ON session.id = attendance.session_id
    WHERE attendance.session_id = %s
    ORDER BY seq
) AS taken"""  # noqa: S608  # built from constants only
ANSWERS = """
INSERT INTO classroom_selfreport (session_id, student_id, answer, at)
SELECT session_id, student_id, (ARRAY['lost', 'too_fast', 'too_slow', 'all_good'])[1 + floor(random() * 4)::int],
    session.started_at + number * interval '10 minutes' + random() * interval '5 minutes'
FROM classroom_attendance JOIN classroom_classsession AS session ON session.id = session_id
CROSS JOIN generate_series(0, 3) AS number"""
ALERTS = """
INSERT INTO classroom_alert (session_id, student_id, kind, pending_at, fired_at, recovered_at, figures)
SELECT session_id, student_id, 'student_away', at, at + interval '1 minute', at + interval '3 minutes',
    '{"seconds": 60, "matching": 30, "snapshots": 38}'
FROM (SELECT session_id, student_id, started_at + random() * interval '30 minutes' AS at
    FROM classroom_attendance JOIN classroom_classsession AS session ON session.id = session_id
    WHERE random() < 0.2) AS fired"""
MARKERS = """
INSERT INTO classroom_marker (session_id, at, text)
SELECT id, started_at + number * interval '12 minutes', 'Exercise ' || number
FROM classroom_classsession CROSS JOIN generate_series(1, 3) AS number"""
