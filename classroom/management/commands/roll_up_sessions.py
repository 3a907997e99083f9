from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from classroom.domain.history.rollups import rebuild_rollups
from classroom.models import ClassSession


class Command(BaseCommand):
    help = "Rebuild the roll-ups behind the history pages from the readings, for all sessions or for some."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sessions", nargs="*", type=int, help="session ids; all sessions by default")
        parser.add_argument("--missing", action="store_true", help="only sessions that have never been rolled up")

    def handle(self, *args: Any, sessions: list[int], missing: bool, **options: Any) -> None:
        wanted = ClassSession.objects.order_by("pk")
        wanted = wanted.filter(pk__in=sessions) if sessions else wanted
        wanted = wanted.filter(rolled_up_until=None) if missing else wanted
        done = sum(rebuild_rollups(session=session, now=timezone.now()) for session in wanted)
        self.stdout.write(f"{done} sessions rolled up.")
