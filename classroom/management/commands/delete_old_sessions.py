from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from classroom.domain.sessions import delete_old_sessions


class Command(BaseCommand):
    help = "Delete sessions that ended long ago, with all their readings and answers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--older-than-days", type=int, default=settings.RETENTION_DAYS, help="RETENTION_DAYS")

    def handle(self, *args: Any, older_than_days: int, **options: Any) -> None:
        if older_than_days < 1:
            raise CommandError("Pass --older-than-days, at least 1, or set RETENTION_DAYS.")
        count = delete_old_sessions(before=timezone.now() - timedelta(days=older_than_days))
        self.stdout.write(f"{count} sessions deleted.")
