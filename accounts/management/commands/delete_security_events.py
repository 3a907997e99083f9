from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.security_log.events import delete_expired


class Command(BaseCommand):
    help = "Delete stored security events that are older than SECURITY_LOG_DAYS. Celery beat runs this by itself."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{delete_expired(now=timezone.now())} events deleted.")
