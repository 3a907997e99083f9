"""Classes of simulated students on the server: signing them in, opening and closing their sockets."""

import asyncio
import contextlib
import itertools
import os
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.load.people import IdleStudent, Person, Register, Seat, Student, Teacher
from classroom.simulation.browser import Browser, SimulationFailed
from classroom.simulation.run import SIGN_INS_AT_ONCE, Plan, enter_class, simulated_accounts
from classroom.simulation.script import Script

ROOT = Path(__file__).resolve().parent.parent.parent
# The server on this machine writes it at startup.
TOKEN_FILE = Path(os.environ.get("SIMULATION_TOKEN_FILE") or ROOT / "var" / "simulation-token")
# The server accepts 600 sign-ins a minute from one address.
SIGN_INS_PER_S = 9
OPENING_AT_ONCE = 20
FIRST_RESULT_S = 120
# Students of a real class do not arrive in the same millisecond, so their credits stay apart.
ARRIVALS_S = 1.5


@dataclass
class Seats:
    """Everyone who is signed in. Students are in the order of their classes; `teachers` has one for each class."""

    class_size: int
    teachers: list[Seat] = field(default_factory=list)
    students: list[Seat] = field(default_factory=list)


@contextlib.asynccontextmanager
async def signed_in(
    urls: Sequence[str], students: int, class_size: int, log: Callable[[str], None]
) -> AsyncIterator[Seats]:
    """Sign in students, in as many classes as it takes, each with a teacher and a session. Raises SimulationFailed.

    Their sockets are spread over the servers of `urls`. Accounts are created, and deleted at the end, on the first one.
    """
    seats = Seats(class_size)
    async with contextlib.AsyncExitStack() as stack:
        limiter = _SignInLimiter()
        for first in range(0, students, class_size):
            size = min(class_size, students - first)
            plan = Plan(urls[0], size, 0, Script([]), token_file=TOKEN_FILE)
            accounts = await stack.enter_async_context(simulated_accounts(plan))
            log(f"{first + size} of {students} students sign in, consent and join …")
            emails = [accounts["teacher"], *accounts["students"]]
            entering = (limiter.enter(urls[n % len(urls)], urls[0], email, accounts) for n, email in enumerate(emails))
            teacher, *class_students = await asyncio.gather(*entering)
            seats.teachers.append(teacher)
            seats.students += class_students
        yield seats


class _SignInLimiter:
    """Signs people in a few at a time, and no faster than the server's limit for one address."""

    def __init__(self) -> None:
        self.few = asyncio.Semaphore(SIGN_INS_AT_ONCE)
        self.started_at = asyncio.get_running_loop().time()
        self.numbers = itertools.count()

    async def enter(self, url: str, sign_in_url: str, email: str, accounts: dict) -> Seat:
        browser = Browser(sign_in_url)
        try:
            async with self.few:
                due = self.started_at + next(self.numbers) / SIGN_INS_PER_S
                await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
                await enter_class(browser, email, accounts)
            cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in browser.http.cookie_jar)
        finally:
            await browser.close()
        # A site has one Host, that of its SITE_URL, no matter which process answers.
        site = {"Host": urlsplit(sign_in_url).netloc, "Origin": sign_in_url}
        return Seat(url, accounts["session"], {**site, "Cookie": cookies})


class Crowd:
    """The people whose sockets are open."""

    def __init__(self, seats: Seats, register: Register, frames: Sequence[bytes]) -> None:
        self.seats = seats
        self.register = register
        register.frames = frames
        self.people: list[Person] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def grow(self, students: int) -> None:
        """Connect students up to this number, and their teachers. Return once each has had a result."""
        present = sum(isinstance(person, Student) for person in self.people)
        classes = [-(-count // self.seats.class_size) for count in (present, students)]
        await self._connect([Teacher(seat, self.register) for seat in self.seats.teachers[slice(*classes)]])
        new = [Student(self.seats.students[number], self.register, number) for number in range(present, students)]
        await self._connect(new, pause_s=ARRIVALS_S / max(1, len(new)))

    async def sit_idle(self, students: int) -> None:
        """Open this many sockets without starting a camera."""
        for first in range(0, students, OPENING_AT_ONCE):
            seats = self.seats.students[first : min(first + OPENING_AT_ONCE, students)]
            await self._connect([IdleStudent(seat, self.register) for seat in seats])

    def check(self) -> None:
        """Raise the error that has stopped a person, if any, because the figures would be those of a smaller crowd. A
        lost socket stops nobody."""
        for task in self.tasks:
            if task.done():
                task.result()

    async def leave(self) -> None:
        for person in self.people:
            person.stopping = True
        await asyncio.gather(*(person.socket.close() for person in self.people if person.socket))
        await asyncio.gather(*self.tasks)
        self.people, self.tasks = [], []

    async def _connect(self, people: Sequence[Person], pause_s: float = 0.0) -> None:
        for person in people:
            self.people.append(person)
            self.tasks.append(asyncio.create_task(person.attend()))
            await asyncio.sleep(pause_s)
        try:
            async with asyncio.timeout(FIRST_RESULT_S):
                await asyncio.gather(*(person.ready.wait() for person in people))
        except TimeoutError:
            lost = dict(self.register.ledger.disconnects)
            raise SimulationFailed(
                f"not everyone was served within {FIRST_RESULT_S} s; sockets closed by code: {lost or 'none'}"
            ) from None
