"""The tasks that beat sends, and how many seconds apart."""

BEAT_SCHEDULE: dict[str, dict] = {
    "close silent sessions": {"task": "classroom.beat_tasks.close_silent", "schedule": 300},
    "finish roll-ups": {"task": "classroom.beat_tasks.finish_sums", "schedule": 600},
    "purge what has expired": {"task": "classroom.beat_tasks.delete_old", "schedule": 6 * 3600},
}
