"""A whole simulated class against a running server."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import aiohttp

from classroom.simulation.browser import Browser, SimulationFailed
from classroom.simulation.figures import Figures
from classroom.simulation.people import SimulatedStudent, SimulatedTeacher
from classroom.simulation.script import Script
from classroom.simulation.talk import talk

SIGN_INS_AT_ONCE = 4
LAST_RESULTS_S = 5
# The teacher hears at most four times a second, so the last reading may come a little after the student's result.
TEACHERS_LAG_S = 1
FIRST_CREDIT_S = 120


@dataclass(frozen=True)
class Plan:
    url: str
    students: int
    seconds: float
    script: Script
    join_code: str = ""
    keep: bool = False
    comes_back: bool = False
    talkative: bool = False


async def simulate(plan: Plan, say: Callable[[str], None]) -> Figures:
    """Run the class and return its figures. Raises SimulationFailed where it cannot even begin."""
    figures = Figures()
    async with contextlib.AsyncExitStack() as stack:
        made = await stack.enter_async_context(simulated_accounts(plan))
        teacher, students = await gather_class(plan, made, figures, stack, say)
        tasks = [asyncio.create_task(teacher.watch()), *(asyncio.create_task(each.attend()) for each in students)]
        if plan.talkative:
            tasks += [asyncio.create_task(talk(each, seed=n)) for n, each in enumerate(students)]
        try:
            await _lesson(plan, students, tasks, say)
        finally:
            figures.errors += await _wind_up(tasks)
    return figures


@contextlib.asynccontextmanager
async def simulated_accounts(plan: Plan) -> AsyncIterator[dict]:
    """A class that the server makes for the simulation: session, e-mail addresses, password; gone at the end."""
    url = plan.url.rstrip("/") + "/api/simulation/"
    order = {"students": plan.students, "join_code": plan.join_code, "keep": plan.keep}
    async with aiohttp.ClientSession() as http:
        try:
            response = await http.post(url, json=order)
        except aiohttp.ClientError as error:
            raise SimulationFailed(f"no answer from {plan.url}: {error}") from error
        if response.status != 201:
            raise SimulationFailed(f"{plan.url} refused ({response.status}): {(await response.text())[:300]}")
        made = await response.json()
        try:
            yield made
        finally:
            await http.delete(url, json={"ticket": made["ticket"]})


async def gather_class(
    plan: Plan, made: dict, figures: Figures, stack: contextlib.AsyncExitStack, say: Callable[[str], None]
) -> tuple[SimulatedTeacher, list[SimulatedStudent]]:
    """The people of the accounts `made`, signed in and ready to open their sockets. The stack closes their browsers."""
    door = asyncio.Semaphore(SIGN_INS_AT_ONCE)

    async def enter(email: str) -> Browser:
        browser = Browser(plan.url)
        stack.push_async_callback(browser.close)
        async with door:
            await come_in(browser, email, made)
        return browser

    say(f"{plan.students} students sign in, consent and join …")
    teacher, *browsers = await asyncio.gather(*(enter(email) for email in [made["teacher"], *made["students"]]))
    session = made["session"]
    students = [
        SimulatedStudent(browser, session, plan.script.camera(number), figures, plan.comes_back)
        for number, browser in enumerate(browsers)
    ]
    return SimulatedTeacher(teacher, session, figures, plan.comes_back), students


async def come_in(browser: Browser, email: str, made: dict) -> None:
    """What the person with the e-mail address does before the class page opens."""
    await browser.sign_in(email, made["password"])
    if email != made["teacher"]:
        await browser.consent()
        await browser.join_course(made["join_code"])


async def _lesson(plan: Plan, students: list[SimulatedStudent], tasks: list, say: Callable[[str], None]) -> None:
    all_ready = asyncio.gather(*(student.ready.wait() for student in students))
    done, _ = await asyncio.wait([all_ready, *tasks], timeout=FIRST_CREDIT_S, return_when=asyncio.FIRST_COMPLETED)
    if all_ready not in done:
        all_ready.cancel()
        causes = "; ".join(str(task.exception()) for task in done) or f"nothing came within {FIRST_CREDIT_S} s"
        raise SimulationFailed(f"not every student was asked for a snapshot: {causes}")
    say(f"The class runs for {plan.seconds:g} s …")
    await asyncio.sleep(plan.seconds)
    for student in students:
        student.stop()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.gather(*(student.idle.wait() for student in students)), LAST_RESULTS_S)
    await asyncio.sleep(TEACHERS_LAG_S)
    for student in students:
        await student.leave()


async def _wind_up(tasks: list[asyncio.Task]) -> list[str]:
    """Stop everyone; what had failed before becomes errors."""
    failed = [str(task.exception()) for task in tasks if task.done() and not task.cancelled() and task.exception()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return failed
