"""A whole simulated class against a running server."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import aiohttp

from classroom.simulation.browser import Browser, SimulationFailed
from classroom.simulation.people import SimulatedStudent, SimulatedTeacher
from classroom.simulation.script import Script
from classroom.simulation.stats import ClassStats
from classroom.simulation.talk import talk

SIGN_INS_AT_ONCE = 4
LAST_RESULTS_S = 5
# Changes are gathered between updates, so the last reading may reach the teacher a little after the student's result.
TEACHERS_LAG_S = 1
FIRST_CREDIT_S = 120
# A thousand accounts, with all that they have done.
ACCOUNTS_S = 600

Log = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    url: str
    students: int
    seconds: float
    script: Script
    join_code: str = ""
    keep: bool = False
    reconnects: bool = False
    talkative: bool = False
    token_file: Path | None = None


async def simulate(plan: Plan, log: Log) -> ClassStats:
    """Run the class and return its statistics. Raises SimulationFailed if it cannot start."""
    stats = ClassStats()
    async with contextlib.AsyncExitStack() as stack:
        accounts = await stack.enter_async_context(simulated_accounts(plan))
        teacher, students = await gather_class(plan, accounts, stats, stack, log)
        tasks = [asyncio.create_task(teacher.watch()), *(asyncio.create_task(each.attend()) for each in students)]
        if plan.talkative:
            tasks += [asyncio.create_task(talk(each, seed=n)) for n, each in enumerate(students)]
        try:
            await _hold_lesson(plan, students, tasks, log)
        finally:
            failures = [task.exception() for task in tasks if task.done() and not task.cancelled()]
            stats.errors += [str(failure) for failure in failures if failure]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    return stats


@contextlib.asynccontextmanager
async def simulated_accounts(plan: Plan) -> AsyncIterator[dict]:
    """Have the server create a class for the simulation, and delete it at the end.

    Yields its session, e-mail addresses, password and join code.
    """
    url = plan.url.rstrip("/") + "/api/simulation/"
    # Without the token the server answers what to do.
    token = plan.token_file.read_text() if plan.token_file and plan.token_file.exists() else ""
    headers = {"X-Simulation-Token": token}
    async with aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(ACCOUNTS_S)) as http:
        # Whoever stops the simulation now would not stop the server, so the answer is awaited to know what to delete.
        creating = asyncio.create_task(_create_accounts(http, url, plan))
        try:
            yield await asyncio.shield(creating)
        finally:
            ticket = (await creating)["ticket"]
            deleted = await http.delete(url, json={"ticket": ticket})
            if deleted.status != HTTPStatus.NO_CONTENT:
                raise SimulationFailed(f"{plan.url} did not delete the simulated accounts ({deleted.status})")


async def _create_accounts(http: aiohttp.ClientSession, url: str, plan: Plan) -> dict:
    order = {"students": plan.students, "join_code": plan.join_code, "keep": plan.keep}
    try:
        response = await http.post(url, json=order)
    except aiohttp.ClientError as error:
        advice = "Name the running server with --url, or the port of `make run` in PORT"
        raise SimulationFailed(f"no answer from {plan.url}: {error}. {advice}") from error
    if response.status != HTTPStatus.CREATED:
        raise SimulationFailed(f"{plan.url} refused ({response.status}): {(await response.text())[:300]}")
    return await response.json()


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

    log(f"{plan.students} students sign in, consent and join …")
    emails = [accounts["teacher"], *accounts["students"]]
    teacher, *browsers = await asyncio.gather(*(open_browser(email) for email in emails))
    session = accounts["session"]
    students = [
        SimulatedStudent(browser, session, plan.script.camera(number), stats, plan.reconnects)
        for number, browser in enumerate(browsers)
    ]
    return SimulatedTeacher(teacher, session, stats, plan.reconnects), students


async def enter_class(browser: Browser, email: str, accounts: dict) -> None:
    """Take the steps of this person before the class page opens."""
    await browser.sign_in(email, accounts["password"])
    if email != accounts["teacher"]:
        await browser.consent()
        await browser.join_course(accounts["join_code"])


async def _hold_lesson(plan: Plan, students: list[SimulatedStudent], tasks: list[asyncio.Task], log: Log) -> None:
    all_ready = asyncio.gather(*(student.ready.wait() for student in students))
    done, _ = await asyncio.wait([all_ready, *tasks], timeout=FIRST_CREDIT_S, return_when=asyncio.FIRST_COMPLETED)
    if all_ready not in done:
        all_ready.cancel()
        causes = "; ".join(str(task.exception()) for task in done) or f"nothing came within {FIRST_CREDIT_S} s"
        raise SimulationFailed(f"not every student was asked for a snapshot: {causes}")
    log(f"The class runs for {plan.seconds:g} s …")
    await asyncio.sleep(plan.seconds)
    for student in students:
        student.stop()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.gather(*(student.idle.wait() for student in students)), LAST_RESULTS_S)
    await asyncio.sleep(TEACHERS_LAG_S)
    for student in students:
        await student.leave()
