import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from classroom.domain.demo import ensure_demo
from classroom.domain.example_course import ensure_example_course

DEFAULT_PORT = 8000


class Command(BaseCommand):
    help = "Create the demo course with its teacher, students and administrator, and print how to sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--password-file", type=Path, required=True, help="where to keep the password between runs")
        parser.add_argument("--url", default="http://localhost:8000", help="of the server, to print it")
        parser.add_argument("--past-classes", action="store_true", help="add a course with invented past classes")

    def handle(self, *args: Any, password_file: Path, url: str, past_classes: bool, **options: Any) -> None:
        try:
            port = urlsplit(url).port or DEFAULT_PORT
        except ValueError as error:
            raise CommandError(f"--url {url}: {error}.") from error
        try:
            password = _kept_password(password_file)
        except OSError as error:
            raise CommandError(f"--password-file {password_file}: {error.strerror}") from error
        demo = ensure_demo(password=password)
        lines = [f"\n  Attune is starting at {url}", "", f"  password of every demo account: {password}", ""]
        lines += [f"  {user.role:14} {user.email:24} {user.name}" for user in demo.users]
        lines += ["", f"  course: {demo.course} (join code {demo.course.join_code})"]
        demo_command = "make demo" if port == DEFAULT_PORT else f"PORT={port} make demo"
        lines += [f"  A lesson with drawn students, in a second terminal: {demo_command}", ""]
        if past_classes:
            teacher = demo.course.teachers.earliest("pk")
            lines += [f"  past classes: {ensure_example_course(teacher=teacher, now=timezone.now())}", ""]
        self.stdout.write("\n".join(lines))


def _kept_password(file: Path) -> str:
    """Return the password in the file, or a new one that it keeps. An empty file is left from an interrupted start."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    password = file.read_text().strip()
    if not password:
        password = secrets.token_urlsafe(9)
        file.write_text(f"{password}\n")
    return password
