from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from classroom.domain.sessions import delete_old_sessions

# A longer time reaches back beyond the calendar.
MAX_DAYS = 36_500


class Command(BaseCommand):
    help = "Delete sessions that ended long ago, with all their readings and answers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--older-than-days", type=int, default=settings.RETENTION_DAYS, help="default: RETENTION_DAYS"
        )

    def handle(self, *args: Any, older_than_days: int, **options: Any) -> None:
        if not 1 <= older_than_days <= MAX_DAYS:
            raise CommandError(f"Pass --older-than-days, from 1 to {MAX_DAYS}, or set RETENTION_DAYS.")
        count = delete_old_sessions(before=timezone.now() - timedelta(days=older_than_days))
        self.stdout.write(f"{count} sessions deleted.")
