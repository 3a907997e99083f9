"""The tasks that beat sends, and how many seconds apart."""

BEAT_SCHEDULE: dict[str, dict] = {
    "close silent sessions": {"task": "classroom.beat_tasks.close_silent", "schedule": 300},
    "finish roll-ups": {"task": "classroom.beat_tasks.finish_sums", "schedule": 600},
    "delete old sessions": {"task": "classroom.beat_tasks.delete_old", "schedule": 6 * 3600},
    "delete old security events": {"task": "classroom.beat_tasks.delete_security_events", "schedule": 6 * 3600},
    "clear expired sign-ins": {"task": "classroom.beat_tasks.clear_sessions", "schedule": 24 * 3600},
}
