"""The commands that need packages that serving does without."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class TrainingCommand(BaseCommand):
    """A command on models and data sets. If only requirements-serve.txt is installed, it says what is missing."""

    requires_system_checks = []

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except ModuleNotFoundError as error:
            package = (error.name or "").partition(".")[0]
            if (Path(settings.BASE_DIR) / package).exists():
                raise
            advice = f"This command needs {package}, which serving does not: pip install --no-deps -r requirements.txt"
            if sys.version_info >= (3, 14):
                advice += "\nUse Python 3.11 to 3.13 for it: TensorFlow does not support newer ones yet."
            raise CommandError(advice) from error
