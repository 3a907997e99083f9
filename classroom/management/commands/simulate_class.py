import asyncio
import json
import os
import signal
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from classroom.simulation.browser import SimulationFailed
from classroom.simulation.run import Plan, simulate
from classroom.simulation.script import Act, Script, parse_script
from classroom.simulation.stats import ClassStats

FRAMES = 64


class Command(BaseCommand):
    help = (
        "Simulate a class on a running server: students sign in over HTTP, consent, join and answer credits over "
        "WebSockets with JPEG frames, while a teacher listens. The server must have SIMULATION_ALLOWED on."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        url = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
        parser.add_argument("--url", default=url, help="the running server; default: this machine, port PORT or 8000")
        parser.add_argument("--students", type=int, default=10)
        parser.add_argument("--seconds", type=float, default=30.0)
        parser.add_argument("--faces", type=Path, help="an image, a folder, a video file or FER-2013's zip")
        parser.add_argument(
            "--shows",
            metavar="SCRIPT",
            help="show a portrait's expressions instead, each from a second on: happy+neutral,angry+sad@60,happy@120",
        )
        parser.add_argument("--join-code", default="", help="join this simulated course instead of creating one")
        parser.add_argument("--keep", action="store_true", help="do not delete the students and their readings")
        parser.add_argument("--talkative", action="store_true", help="students answer and raise hands now and then")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, **options: Any) -> None:
        plan = Plan(
            url=options["url"],
            students=options["students"],
            seconds=options["seconds"],
            script=_script(options["faces"], options["shows"]),
            join_code=options["join_code"],
            keep=options["keep"],
            talkative=options["talkative"],
            token_file=settings.SIMULATION_TOKEN_FILE,
        )
        log = (lambda _: None) if options["json"] else self.stderr.write
        try:
            stats = asyncio.run(_simulate_until_signal(plan, log))
        except SimulationFailed as error:
            raise CommandError(f"The simulation could not run: {error}.") from error
        except asyncio.CancelledError as error:
            left = "" if plan.keep else " and deleted its accounts"
            raise CommandError(f"A signal stopped the simulation{left}.", returncode=128 + signal.SIGTERM) from error
        self.stdout.write(json.dumps(stats.as_dict()) if options["json"] else stats.summary())
        for text in sorted(set(stats.errors))[:10]:
            self.stderr.write(text)


async def _simulate_until_signal(plan: Plan, log: Callable[[str], None]) -> ClassStats:
    """Let the first SIGTERM or SIGHUP cancel the simulation, which then cleans up; the second kills as usual."""
    loop, task = asyncio.get_running_loop(), asyncio.create_task(simulate(plan, log))
    if threading.current_thread() is not threading.main_thread() or sys.platform == "win32":
        return await task

    def stop() -> None:
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.remove_signal_handler(number)
        task.cancel()

    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    return await task


def _script(faces: Path | None, shows: str | None) -> Script:
    from emotions.synthetic.webcam import portrait_frames, webcam_frames  # noqa: PLC0415  # imports OpenCV

    try:
        if shows is None:
            return Script.of_one(list(webcam_frames(faces, FRAMES)))
        acts = parse_script(shows)
        return Script([Act(at, [list(portrait_frames(name, FRAMES)) for name in cast]) for at, cast in acts])
    except (OSError, ValueError) as error:
        raise CommandError(str(error)) from error
