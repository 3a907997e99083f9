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

import aiohttp
from django.conf import settings
from django.core.management import BaseCommand, CommandError

from classroom.domain.demo import DEMO_JOIN_CODE
from classroom.simulation.browser import SimulationFailed
from classroom.simulation.lesson import DEMO_LESSON
from classroom.simulation.on_device import faces_alone
from classroom.simulation.run import Plan, simulate
from classroom.simulation.script import KeptFrames, Script, drawn_script, parse_script
from classroom.simulation.stats import ClassStats
from emotions.management.options import positive

FRAMES = 64
STUDENTS = 10
SECONDS = 30.0
# What a lesson determines itself.
OF_LESSON = ("students", "seconds", "faces", "shows", "join_code")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LESSON_INTRODUCTION = """
  A lesson of {minutes} minutes with {students} students. Their faces are drawn, so nobody is shown; the network reads
  them like any others, and the dashboard, the alerts and the report are those of a real class.

  1. Open {url}/ in a browser.
  2. Sign in as teacher@demo.example with the password that `make run` has printed.
  3. Open “Introduction to Statistics”, then the class that is running.

  Ctrl-C stops the lesson and removes everything it created. If it ends by itself, its report stays.
"""


class Command(BaseCommand):
    help = (
        "Simulate a class on a running server: students sign in over HTTP, consent, join and answer credits over "
        "WebSockets with JPEG frames, while a teacher listens. The server must have SIMULATION_ALLOWED on."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        # The server started with the same environment.
        port = os.environ.get("PORT") or os.environ.get("WEB_PORT") or "8000"
        url = os.environ.get("SITE_URL") or f"http://localhost:{port}"
        parser.add_argument("--url", default=url, help="the running server; default: SITE_URL, PORT or 8000")
        parser.add_argument("--students", type=positive(int), help=f"default: {STUDENTS}")
        parser.add_argument("--seconds", type=positive(float), help=f"default: {SECONDS:g}")
        parser.add_argument("--faces", type=Path, help="an image, a folder, a video file or FER-2013's zip")
        parser.add_argument(
            "--shows",
            metavar="SCRIPT",
            help="show drawn people instead, with expressions from some second: happy+neutral,angry+sad@60,happy@120",
        )
        parser.add_argument("--join-code", help="join this simulated course instead of creating one")
        parser.add_argument("--keep", action="store_true", help="do not delete the students and their readings")
        parser.add_argument(
            "--lesson",
            action="store_true",
            help="play the five minutes of `make demo` in the demo course, narrated as they pass",
        )
        parser.add_argument(
            "--on-device",
            action="store_true",
            help="send only faces, cut out beforehand as students' browsers do, instead of whole frames",
        )
        parser.add_argument("--talkative", action="store_true", help="students answer and raise hands now and then")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, **options: Any) -> None:
        log: Callable[[str], None] = (lambda _: None) if options["json"] else self.stderr.write
        try:
            plan = _plan(options)
            if options["lesson"]:
                times = {"minutes": DEMO_LESSON.seconds // 60, "students": DEMO_LESSON.students}
                log(LESSON_INTRODUCTION.format(url=options["url"], **times))
            stats = asyncio.run(_simulate_until_signal(plan, log))
        except (SimulationFailed, aiohttp.ClientError, TimeoutError) as error:
            reason = str(error) or "the server took too long to answer"
            raise CommandError(f"The simulation could not run: {reason}.") from error
        except (Interrupted, KeyboardInterrupt) as error:
            number = error.signal if isinstance(error, Interrupted) else signal.SIGINT
            text = "A signal stopped the simulation; everything it created was removed."
            raise CommandError(text, returncode=128 + number) from error
        if options["lesson"]:
            log("The class is over. Its report is on the same page.")
        self.stdout.write(json.dumps(stats.as_dict()) if options["json"] else stats.summary())
        for text in sorted(set(stats.errors))[:10]:
            self.stderr.write(text)


class Interrupted(Exception):
    """A signal has stopped the simulation, which has cleaned up."""

    def __init__(self, number: signal.Signals) -> None:
        self.signal = number


async def _simulate_until_signal(plan: Plan, log: Callable[[str], None]) -> ClassStats:
    """Let the first signal cancel the simulation, which then cleans up; the second kills as usual."""
    loop, task = asyncio.get_running_loop(), asyncio.create_task(simulate(plan, log))
    if threading.current_thread() is not threading.main_thread() or sys.platform == "win32":
        return await task
    handled = [number for number in SIGNALS if signal.getsignal(number) != signal.SIG_IGN]
    received: list[signal.Signals] = []

    def stop(number: signal.Signals) -> None:
        received.append(number)
        for each in handled:
            loop.remove_signal_handler(each)
        log("Cleaning up …")
        task.cancel()

    for number in handled:
        loop.add_signal_handler(number, stop, number)
    try:
        return await task
    except asyncio.CancelledError:
        raise Interrupted(*received) from None


def _plan(options: dict[str, Any]) -> Plan:
    from emotions.synthetic.webcam import webcam_frames  # noqa: PLC0415  # imports OpenCV

    if not options["url"].startswith(("http://", "https://")):
        raise CommandError(f"--url {options['url']}: begin it with http:// or https://.")
    lesson = DEMO_LESSON if options["lesson"] else None
    given = [f"--{name.replace('_', '-')}" for name in OF_LESSON if options[name] is not None]
    if lesson and given:
        raise CommandError(f"--lesson has its own students, faces, length and course: leave out {', '.join(given)}.")
    if options["shows"] and options["faces"]:
        raise CommandError("--shows draws faces: leave out --faces.")
    students = lesson.students if lesson else options["students"] or STUDENTS
    prepare: Any = faces_alone if options["on_device"] else iter
    try:
        if lesson or options["shows"]:
            script = drawn_script(lesson.acts if lesson else parse_script(options["shows"]), students, prepare)
        else:
            frames = prepare(webcam_frames(options["faces"], FRAMES))
            # Report an unreadable file before the class begins.
            script = Script.of_one(list(frames) if options["faces"] else KeptFrames(frames, FRAMES))
    except (OSError, ValueError) as error:
        raise CommandError(str(error)) from error
    return Plan(
        url=options["url"].rstrip("/"),
        students=students,
        seconds=options["seconds"] or SECONDS,
        script=script,
        topic=lesson.topic if lesson else "",
        join_code=DEMO_JOIN_CODE if lesson else options["join_code"] or "",
        keep=lesson is not None or options["keep"],
        talkative=options["talkative"],
        lesson=lesson,
        token_file=settings.SIMULATION_TOKEN_FILE,
    )
