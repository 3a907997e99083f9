"""The modules that define tasks, and the tasks that beat sends, with the seconds between them."""

TASK_MODULES = ("analysis", "course_deletion", "follow_session", "imports", "password_mails", "scheduled", "webhooks")

BEAT_SCHEDULE: dict[str, dict] = {
    "close silent sessions": {"task": "classroom.beat_tasks.close_silent", "schedule": 300},
    "finish roll-ups": {"task": "classroom.beat_tasks.finish_sums", "schedule": 600},
    "purge what has expired": {"task": "classroom.beat_tasks.delete_old", "schedule": 3600},
    "send webhooks again": {"task": "classroom.tasks.send_webhooks", "schedule": 30},
    "finish password mails": {"task": "classroom.tasks.finish_password_mails", "schedule": 300},
    "finish deleting courses": {"task": "classroom.tasks.delete_courses", "schedule": 600},
}
