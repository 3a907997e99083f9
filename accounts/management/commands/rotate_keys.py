from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.lti.keys import rotate_keys


class Command(BaseCommand):
    """Replaces django-lti's command of the same name, which would store private keys unencrypted."""

    help = "Create a new key for messages to LTI platforms, and deactivate those replaced more than a week ago."

    def handle(self, *args: Any, **options: Any) -> None:
        ended = rotate_keys(now=timezone.now())
        self.stdout.write(f"Created a new key and ended {ended} former ones.")
