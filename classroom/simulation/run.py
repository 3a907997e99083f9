"""A whole simulated class against a running server."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import aiohttp

from classroom.simulation.browser import Browser, SimulationFailed
from classroom.simulation.lesson import Lesson, play
from classroom.simulation.people import SimulatedStudent, SimulatedTeacher
from classroom.simulation.script import ClassClock, Script
from classroom.simulation.stats import ClassStats
from classroom.simulation.talk import talk

SIGN_INS_AT_ONCE = 4
LAST_RESULTS_S = 5
# Updates gather changes, so the last reading may reach the teacher a little after the student's result.
TEACHERS_LAG_S = 1
FIRST_CREDIT_S = 120
# Enough for a thousand accounts with everything they have done.
ACCOUNTS_S = 600
# Long before the server considers the class abandoned.
RENEWED_EVERY_S = 10

Log = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    url: str
    students: int
    seconds: float
    script: Script
    topic: str = ""
    join_code: str = ""
    keep: bool = False
    reconnects: bool = False
    talkative: bool = False
    lesson: Lesson | None = None
    token_file: Path | None = None
    clock: ClassClock = field(default_factory=ClassClock)


async def simulate(plan: Plan, log: Log) -> ClassStats:
    """Run the class and return its statistics. Raises SimulationFailed if it cannot start or loses its server."""
    stats = ClassStats()
    async with contextlib.AsyncExitStack() as stack:
        accounts = await stack.enter_async_context(simulated_accounts(plan))
        teacher, students = await gather_class(plan, accounts, stats, stack, log)
        later = plan.lesson.absent | plan.lesson.arrive_later() if plan.lesson else ()
        punctual = [student for number, student in enumerate(students) if number not in later]
        tasks = [asyncio.create_task(teacher.watch()), *(asyncio.create_task(each.attend()) for each in punctual)]
        if plan.talkative:
            tasks += [asyncio.create_task(talk(each, seed=n)) for n, each in enumerate(students)]
        try:
            await _all_ready(punctual, tasks)
            plan.clock.begin()
            if plan.lesson:
                log(f"The class has begun: {plan.url}/sessions/{accounts['session']}/")
                join = lambda student: tasks.append(asyncio.create_task(student.attend()))  # noqa: E731
                lesson = play(plan.lesson, plan.clock.elapsed, teacher, students, join=join, log=log)
            else:
                log(f"The class runs for {plan.seconds:g} s …")
                lesson = asyncio.sleep(plan.seconds)
            await _hold(lesson, until=tasks[0])
            await _dismiss(students)
        finally:
            failures = [task.exception() for task in tasks if task.done() and not task.cancelled()]
            stats.errors += [str(failure) for failure in failures if failure]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    return stats


@contextlib.asynccontextmanager
async def simulated_accounts(plan: Plan) -> AsyncIterator[dict]:
    """Make the server create a class for the simulation, and end it afterwards. Nothing of it stays unless the plan
    keeps it and it was not interrupted.

    Yields its session, e-mail addresses, names, password and join code.
    """
    url = plan.url.rstrip("/") + "/api/simulation/"
    headers = {"X-Simulation-Token": _token(plan.token_file)}
    async with aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(ACCOUNTS_S)) as http:
        # Stopping the simulation now would not stop the server, so wait for the answer to know what to delete.
        creating = asyncio.create_task(_create_accounts(http, url, plan))
        renewing, keep = None, False
        try:
            accounts = await asyncio.shield(creating)
            renewing = asyncio.create_task(_renew(http, url, accounts["ticket"]))
            yield accounts
            keep = plan.keep
        finally:
            ticket = (await creating)["ticket"]
            if renewing:
                renewing.cancel()
            try:
                ended = await http.delete(url, json={"ticket": ticket, "keep": keep})
            except aiohttp.ClientError as error:
                later = "its next start removes the class within minutes"
                raise SimulationFailed(f"{plan.url} does not answer any longer; {later}") from error
            if ended.status != HTTPStatus.NO_CONTENT:
                raise SimulationFailed(f"{plan.url} did not delete the simulated accounts ({ended.status})")


def _token(file: Path | None) -> str:
    """Return the server's token. Without one, the server's answer says what to do."""
    try:
        return file.read_text() if file else ""
    except FileNotFoundError:
        return ""
    except OSError as error:  # of a server that another user runs
        raise SimulationFailed(f"the server's token in {file} cannot be read: {error.strerror}") from error


async def _create_accounts(http: aiohttp.ClientSession, url: str, plan: Plan) -> dict:
    order = {"students": plan.students, "topic": plan.topic, "join_code": plan.join_code}
    try:
        response = await http.post(url, json=order)
    except aiohttp.ClientError as error:
        advice = "Name the running server with --url, or the port of `make run` in PORT"
        raise SimulationFailed(f"no answer from {plan.url}: {error}. {advice}") from error
    if response.status != HTTPStatus.CREATED:
        raise SimulationFailed(f"{plan.url} refused ({response.status}): {(await response.text())[:300]}")
    return await response.json()


async def _renew(http: aiohttp.ClientSession, url: str, ticket: str) -> None:
    """Renew the simulation periodically, or the server removes its class."""
    while True:
        await asyncio.sleep(RENEWED_EVERY_S)
        # If the server is unavailable for a while, a later attempt succeeds.
        with contextlib.suppress(aiohttp.ClientError):
            await http.patch(url, json={"ticket": ticket})


async def gather_class(
    plan: Plan, accounts: dict, stats: ClassStats, stack: contextlib.AsyncExitStack, log: Log
) -> tuple[SimulatedTeacher, list[SimulatedStudent]]:
    """Sign everyone in, so that they are ready to open their sockets. The stack closes their browsers."""
    few = asyncio.Semaphore(SIGN_INS_AT_ONCE)

    async def open_browser(email: str) -> Browser:
        browser = Browser(plan.url)
        stack.push_async_callback(browser.close)
        async with few:
            await enter_class(browser, email, accounts)
        return browser

    log(f"{plan.students} students sign in, join and consent …")
    emails = [accounts["teacher"], *accounts["students"]]
    teacher, *browsers = await asyncio.gather(*(open_browser(email) for email in emails))
    session = accounts["session"]
    students = [
        SimulatedStudent(name, browser, session, plan.script.camera(number, plan.clock.elapsed), stats, plan.reconnects)
        for number, (name, browser) in enumerate(zip(accounts["names"], browsers, strict=True))
    ]
    return SimulatedTeacher(teacher, session, stats, plan.reconnects), students


async def enter_class(browser: Browser, email: str, accounts: dict) -> None:
    """Take the steps of this person before the class page opens."""
    await browser.sign_in(email, accounts["password"])
    if email != accounts["teacher"]:
        await browser.consent(await browser.join_course(accounts["join_code"]))


async def _all_ready(students: list[SimulatedStudent], tasks: list[asyncio.Task]) -> None:
    """Wait until every student has been asked for a snapshot, or a teacher has ended the class. Raises SimulationFailed
    if one of the tasks fails first."""
    all_ready = asyncio.create_task(_wait_for_each(student.ready for student in students))
    done, _ = await asyncio.wait([all_ready, *tasks], timeout=FIRST_CREDIT_S, return_when=asyncio.FIRST_COMPLETED)
    if all_ready in done:
        return
    all_ready.cancel()
    failures = [str(task.exception()) for task in done if task.exception()]
    if failures or not done:
        causes = "; ".join(failures) or f"nothing came within {FIRST_CREDIT_S} s"
        raise SimulationFailed(f"not every student was asked for a snapshot: {causes}")


async def _hold(lesson: Coroutine[None, None, None], *, until: asyncio.Task[None]) -> None:
    """Wait until the lesson is over, or a teacher has ended the class. Raises what either raises."""
    going_on = asyncio.create_task(lesson)
    try:
        done, _ = await asyncio.wait([going_on, until], return_when=asyncio.FIRST_COMPLETED)
    finally:
        going_on.cancel()
    for task in done:
        task.result()


async def _dismiss(students: list[SimulatedStudent]) -> None:
    """Make everyone leave once their last results have arrived."""
    for student in students:
        student.stop()
    last_results = _wait_for_each(student.idle for student in students if student.ready.is_set())
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(last_results, LAST_RESULTS_S)
    await asyncio.sleep(TEACHERS_LAG_S)
    for student in students:
        await student.leave()


async def _wait_for_each(events: Iterable[asyncio.Event]) -> None:
    for event in events:
        await event.wait()
