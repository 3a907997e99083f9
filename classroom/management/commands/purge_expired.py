from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from classroom.domain.retention import PURGES, due_readings, purge_expired


class Command(BaseCommand):
    help = "Delete everything that has expired: classes, events, sign-ins, invitations. Beat does this regularly."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what would be deleted, and delete nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        now = timezone.now()
        readings = due_readings(now=now)
        counts = {purge.name: purge.due(now) for purge in PURGES} if dry_run else purge_expired(now=now)
        for name, count in counts.items():
            also = f", with {readings} readings" if name == "classes" else ""
            self.stdout.write(f"{name}: {count} {'would be deleted' if dry_run else 'deleted'}{also}")
