from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from classroom.domain.sessions import close_idle_sessions


class Command(BaseCommand):
    help = "End the sessions in which nobody has been connected for SESSION_SILENCE_MINUTES."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{close_idle_sessions(now=timezone.now())} sessions closed.")
