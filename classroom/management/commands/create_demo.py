import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand

from classroom.domain.demo import Demo, ensure_demo


class Command(BaseCommand):
    help = "Make the demo course with its teacher, students and administrator, and print how to sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--password-file", type=Path, required=True, help="keeps the password between starts")
        parser.add_argument("--url", default="http://localhost:8000")

    def handle(self, **options: Any) -> None:
        password = _kept_password(options["password_file"])
        self.stdout.write(_words(ensure_demo(password=password), password, options["url"]))


def _kept_password(file: Path) -> str:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(9) + "\n")
    return file.read_text().strip()


def _words(demo: Demo, password: str, url: str) -> str:
    lines = [f"\n  Attune is starting at {url}", "", f"  password of every demo account: {password}", ""]
    lines += [f"  {user.role:14} {user.email:24} {user.name}" for user in demo.users]
    lines += ["", f"  course: {demo.course} (join code {demo.course.join_code})"]
    lines += ["  A simulated class joins it with: make demo", ""]
    return "\n".join(lines)
