from typing import Any

from django.core.management.base import BaseCommand

from classroom.domain.secrets import encrypt_secrets_again


class Command(BaseCommand):
    help = "Encrypt the secrets in the database with SECRET_KEY, so that SECRET_KEY_FALLBACKS need not decrypt them."

    def handle(self, *args: Any, **options: Any) -> None:
        outcomes = encrypt_secrets_again()
        self.stdout.write(f"{outcomes[True]} secrets encrypted.")
        if unreadable := outcomes[False]:
            self.stdout.write(f"{unreadable} secrets stay as they are: no key decrypts them.")
