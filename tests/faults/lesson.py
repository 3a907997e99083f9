"""A simulated class that runs throughout the faults, and what its people have seen."""

import asyncio
import contextlib
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.conf import settings

from classroom.infra import circuit_breaker
from classroom.simulation.run import Plan, gather_class, simulated_accounts
from classroom.simulation.script import Script
from classroom.simulation.stats import ClassStats

READY_S = 90
FLOWS_AGAIN_S = 20

# The student's id, the snapshot's number, the confidence.
ReportedReading = tuple[int, int, float | None]


@dataclass
class Seen(ClassStats):
    """Readings reported to students, saved or pending, and when each student and the teacher last received a result, or
    each student the news that they are unknown."""

    reported_saved: list[ReportedReading] = field(default_factory=list)
    reported_pending: list[ReportedReading] = field(default_factory=list)
    pending_at: float = -math.inf
    reported_at: dict[int, float] = field(default_factory=dict)
    shown_at: dict[int, float] = field(default_factory=dict)
    unknown_at: dict[int, float] = field(default_factory=dict)

    def record_result(self, student_id: int, message: dict) -> None:
        super().record_result(student_id, message)
        reading = (student_id, message["seq"], message["confidence"])
        self.reported_at[student_id] = time.monotonic()
        if message["saved"]:
            self.reported_saved.append(reading)
        elif message["kept"]:
            self.reported_pending.append(reading)
            self.pending_at = time.monotonic()

    def record_dropped(self, student_id: int, reason: str) -> None:
        super().record_dropped(student_id, reason)
        if reason == "unknown":
            self.unknown_at[student_id] = time.monotonic()

    def record_shown(self, student_id: int, seq: int | None) -> None:
        super().record_shown(student_id, seq)
        self.shown_at[student_id] = time.monotonic()


class Lesson:
    """The class, in a separate thread. Everyone in it reconnects after a lost connection, as a browser does."""

    def __init__(self, url: str, students: int, frames: list[bytes]) -> None:
        self.plan = Plan(
            url=url,
            students=students,
            seconds=0,
            script=Script.of_one(frames),
            keep=True,
            reconnects=True,
            token_file=settings.SIMULATION_TOKEN_FILE,
        )
        self.seen = Seen()
        self.session = 0
        self.loop = asyncio.new_event_loop()
        self.people: asyncio.Future | None = None
        self.thread = threading.Thread(target=self.loop.run_until_complete, args=[self._hold()], daemon=True)

    def begin(self) -> None:
        self.thread.start()
        started = time.monotonic()
        eventually(lambda: self.has_flowed_since(started), READY_S, "the class did not begin")

    def end(self) -> None:
        if self.people:
            self.loop.call_soon_threadsafe(self.people.cancel)
        self.thread.join(30)

    def has_flowed_since(self, moment: float) -> bool:
        """Return whether since then every student has received a result, and the teacher one about every student."""
        return all(self._reached_all_since(moment, at) for at in (self.seen.reported_at, self.seen.shown_at))

    def is_unknown_since(self, moment: float) -> bool:
        """Return whether since then every student has learned that the server does not know them."""
        return self._reached_all_since(moment, self.seen.unknown_at)

    def flows_again(self) -> None:
        """Fail unless results arrive for everyone within FLOWS_AGAIN_S from now."""
        now = time.monotonic()
        eventually(lambda: self.has_flowed_since(now), FLOWS_AGAIN_S, "results do not flow again")

    def recovers(self) -> None:
        """Wait until results flow and every process considers the database available again."""
        self.flows_again()
        eventually(
            lambda: time.monotonic() - self.seen.pending_at > circuit_breaker.RETRY_AFTER_S,
            READY_S,
            "readings still wait for the database",
        )

    def _reached_all_since(self, moment: float, at_by_student: dict[int, float]) -> bool:
        at = at_by_student.copy().values()  # copied: the class goes on in its thread
        return len(at) == self.plan.students and min(at) > moment

    async def _hold(self) -> None:
        async with contextlib.AsyncExitStack() as stack:
            accounts = await stack.enter_async_context(simulated_accounts(self.plan))
            self.session = accounts["session"]
            teacher, students = await gather_class(self.plan, accounts, self.seen, stack, lambda _: None)
            self.people = asyncio.gather(teacher.watch(), *(student.attend() for student in students))
            with contextlib.suppress(asyncio.CancelledError):
                await self.people


def missing(reported: Iterable, saved: Iterable) -> Counter:
    """Return the reported readings that the database lacks, and how often."""
    return Counter(reported) - Counter(saved)


def eventually(is_so: Callable[[], bool], within_s: float, otherwise: str) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, f"{otherwise} within {within_s:g} s"
        time.sleep(0.05)
