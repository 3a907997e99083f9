from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from classroom.domain.history.rollups import has_only_rollups, rebuild_rollups
from classroom.models import ClassSession


class Command(BaseCommand):
    help = "Rebuild the roll-ups behind the history pages from the readings, for all sessions or for some."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sessions", nargs="*", type=int, help="session ids; all sessions by default")
        parser.add_argument("--missing", action="store_true", help="only sessions that have never been rolled up")

    def handle(self, *args: Any, sessions: list[int], missing: bool, **options: Any) -> None:
        wanted = ClassSession.objects.order_by("pk")
        known = set(wanted.values_list("pk", flat=True)) if sessions else set()
        if unknown := sorted(set(sessions) - known):
            raise CommandError(f"There is no session {', '.join(map(str, unknown))}. Nothing was rolled up.")
        wanted = wanted.filter(pk__in=sessions) if sessions else wanted
        wanted = wanted.filter(rolled_up_until=None) if missing else wanted
        done = kept = 0
        for session in wanted:
            if has_only_rollups(session):
                kept += 1
            else:
                done += rebuild_rollups(session=session, now=timezone.now())
        self.stdout.write(f"{done} sessions rolled up.")
        if kept:
            self.stdout.write(f"{kept} sessions keep their roll-ups: their readings are deleted.")
