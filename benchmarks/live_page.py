"""Measures the teacher's live page in a browser: main-thread time, layout, frames while scrolling, its first load.

    .venv/bin/python benchmarks/live_page.py 530e5a6 .:collected --students 30,100,300

Each page is a git revision, or "." for the working tree; ":collected" serves it with the files from `collectstatic`.
All pages are measured in one run, in turns. Headless Chromium paints in software, on the same cores as the servers.

The page's own socket is fed updates in the server's format, so that the figures do not include a server that reads
faces on the same cores. Twice a second, a sixth of the students has a new reading (each one every three seconds), with
another mix in the bar, over a timeline of forty minutes. The figures include building these messages, the same for
every page.

CPU and layout: CPU time of the page's main thread from the protocol's Performance domain, in percent of the elapsed
time. Process: CPU time of the browser's renderers and its GPU process, which paints, in percent of one core. Frames:
animation frames while wheel gestures scroll the page to its end and back, repeatedly until it has moved by 6000 px.
First load: empty cache, fast 4G as in Chrome's developer tools (165 ms, 8.1 Mbit/s), medians.
"""

import argparse
import asyncio
import contextlib
import itertools
import math
import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, ViewportSize, async_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.machine import cpu_name
from benchmarks.program import run_program
from benchmarks.revisions import COLLECTED, Server, serving
from emotions.management.options import positive
from tests.browser.fake_camera import launch_options, required_chromium

FAST_4G = {
    "offline": False,
    "latency": 165,
    "downloadThroughput": 9e6 / 8 * 0.9,
    "uploadThroughput": 1.5e6 / 8 * 0.9,
}
SCROLLED_PX_AT_LEAST = 6000
SETTLE_S = 6
SCROLL_PX_PER_S = 1500
SCROLLS_FROM_PX = 100
CLASS = """
from django.utils import timezone
from accounts.models import User
from classroom.models import ClassSession, Course, Enrolment
course = Course.objects.create(join_code="SIZE{size:04d}", name="Size {size}", mode="camera")
course.teachers.add(User.objects.get(email="teacher@demo.example"))
rows = [User(email=f"s{{n}}@size{size}.example", name=f"Student {{n:03d}}", role="student") for n in range({size})]
Enrolment.objects.bulk_create([Enrolment(course=course, student=each) for each in User.objects.bulk_create(rows)])
print(ClassSession.objects.create(course=course, topic="Measured", started_at=timezone.now()).pk)
"""
PREPARE = """
const Real = window.WebSocket;
window.WebSocket = class extends Real { constructor(...all) { super(...all); window.socket = this; } };
new MutationObserver((_, observer) => {
  if (!document.querySelector(".tile")) return;
  window.firstTileMs = performance.now();
  observer.disconnect();
}).observe(document, { childList: true, subtree: true });
"""
FEED = """
async ({ windows }) => {
  const kinds = ["happy", "surprise", "neutral", "sad", "fear", "disgust", "angry"];
  const state = await (await fetch(document.querySelector("[data-live]").dataset.stateUrl)).json();
  const size = state.students.length;
  let step = 0;
  const mix = (salt) => kinds.map((_, index) => 1 + ((7 * salt + 3 * index) % 11));
  const shares = (salt) => {
    const parts = mix(salt), sum = parts.reduce((a, b) => a + b);
    return Object.fromEntries(kinds.map((kind, index) => [kind, parts[index] / sum]));
  };
  const counts = (salt) => {
    const shared = shares(salt);
    const whole = Object.fromEntries(kinds.map((kind) => [kind, Math.floor(size * shared[kind])]));
    const rest = size - Object.values(whole).reduce((a, b) => a + b);
    return { ...whole, uncertain: rest, unread: 0 };
  };
  const figures = (salt) =>
    ({ probabilities: shares(salt), counts: counts(salt), negative: salt % size, seen: size, present: size });
  const tile = (student, place) => ({
    ...student, state: "seen", expression: kinds[(place + step) % 7], uncertain: null, confidence: 0.8,
    probabilities: shares(place + step), faces: 1, captured_at: state.now + step, updated: state.now + step,
    trend: Array.from({ length: 40 }, (_, index) => Math.sin(index + place + step)),
  });
  const send = (students, more = []) => {
    step += 1;
    const voice = { ...state.voice, present: size, seen: size };
    const sentence = { text: `Most faces look calm. ${step % size} look troubled.`, since: null };
    const message = { type: "update", number: 1000000 + step, students, windows: more, answers: [], voice, sentence,
                      mood: { ...state.mood, ...figures(step), enrolled: size } };
    window.socket.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) }));
  };
  const first = 10 * Math.floor(state.now / 10) - 10 * windows;
  send(state.students.map(tile), Array.from({ length: windows }, (_, at) => ({ at: first + 10 * at, ...figures(at) })));
  setInterval(() => {
    const part = state.students.filter((_, place) => place % 6 === step % 6);
    send(part.map((student, index) => tile(student, 6 * index + (step % 6))));
  }, 500);
}
"""
COUNT_FRAMES = """
() => {
  window.frames_seen = [];
  const note = (time) => { window.frames_seen.push(time); window.frame = requestAnimationFrame(note); };
  window.frame = requestAnimationFrame(note);
}
"""
# The page scrolls, or the tiles inside it.
SCROLLED_PX = """
() => Math.max(...[document.scrollingElement, ...document.querySelectorAll(".tiles, main *")]
  .filter((each) => each === document.scrollingElement || /auto|scroll/.test(getComputedStyle(each).overflowY))
  .filter((each) => each === document.scrollingElement || each.querySelector(".tile"))
  .map((each) => each.scrollHeight - each.clientHeight))
"""


@dataclass(frozen=True)
class Running:
    cpu: float
    layout: float
    process: float
    scrolled_px: int
    frames_per_s: float | None
    longest_gap_ms: float | None


@dataclass(frozen=True)
class Load:
    scripts: int
    script_kb: float
    all_kb: float
    requests: int
    first_tile_s: float


async def signed_in(browser: Browser, server: Server, viewport: ViewportSize) -> BrowserContext:
    context = await browser.new_context(viewport=viewport)
    await context.add_init_script(PREPARE)
    page = await context.new_page()
    await page.goto(f"{server.url}/accounts/login/")
    await page.locator("input[name=login]").fill("teacher@demo.example")
    await page.locator("input[name=password]").fill(server.password)
    await page.locator("main form button[type=submit]").click()
    await page.wait_for_url(f"{server.url}/")
    await page.close()
    return context


async def open_live(page: Page, server: Server, session: str) -> None:
    await page.goto(f"{server.url}/sessions/{session}/live/")
    await page.locator("[data-live][data-ready]").wait_for(state="attached", timeout=60_000)


async def measure_running(
    browser: Browser, context: BrowserContext, server: Server, session: str, seconds: float
) -> Running:
    page = await context.new_page()
    await open_live(page, server, session)
    page_protocol = await context.new_cdp_session(page)
    await page_protocol.send("Performance.enable", {"timeDomain": "threadTicks"})
    await page.evaluate(FEED, {"windows": 240})
    await asyncio.sleep(SETTLE_S)
    began, before, process = time.monotonic(), await metrics(page_protocol), await process_s(browser)
    await asyncio.sleep(seconds)
    passed = time.monotonic() - began
    after, process = await metrics(page_protocol), await process_s(browser) - process
    distance = round(await page.evaluate(SCROLLED_PX))
    frames_per_s, gap = await scroll(page, page_protocol, distance) if distance >= SCROLLS_FROM_PX else (None, None)
    await page.close()

    def share(name: str) -> float:
        return (after[name] - before[name]) / passed

    return Running(share("TaskDuration"), share("LayoutDuration"), process / passed, distance, frames_per_s, gap)


async def metrics(protocol: CDPSession) -> dict[str, float]:
    found = await protocol.send("Performance.getMetrics")
    return {each["name"]: each["value"] for each in found["metrics"]}


async def process_s(browser: Browser) -> float:
    """CPU seconds of the renderers and of the process that paints."""
    protocol = await browser.new_browser_cdp_session()
    found = await protocol.send("SystemInfo.getProcessInfo")
    await protocol.detach()
    return sum(each["cpuTime"] for each in found["processInfo"] if each["type"] in ("renderer", "GPU"))


async def scroll(page: Page, protocol: CDPSession, distance: int) -> tuple[float, float]:
    """Scroll to the end and back. Return frames per second and the longest time between two."""
    await page.evaluate(COUNT_FRAMES)
    tile = await page.locator(".tile").first.bounding_box() or {"x": 100, "y": 400}
    height = (page.viewport_size or {"height": 768})["height"]
    place = {"x": round(tile["x"]) + 20, "y": min(round(tile["y"]) + 20, height - 40)}
    for direction in (-1, 1) * math.ceil(SCROLLED_PX_AT_LEAST / (2 * distance)):
        gesture = {"yDistance": direction * distance, "speed": SCROLL_PX_PER_S, "gestureSourceType": "mouse"}
        await protocol.send("Input.synthesizeScrollGesture", {**place, **gesture, "preventFling": True})
    times = await page.evaluate("() => { cancelAnimationFrame(window.frame); return window.frames_seen; }")
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    return 1000 / statistics.mean(gaps), max(gaps)


async def measure_load(context: BrowserContext, server: Server, session: str) -> Load:
    page = await context.new_page()
    protocol = await context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    sizes: dict[str, float] = {}
    protocol.on("Network.requestWillBeSent", lambda event: kinds.update({event["requestId"]: event["type"]}))
    protocol.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    await protocol.send("Network.enable")
    await protocol.send("Network.setCacheDisabled", {"cacheDisabled": True})
    await protocol.send("Network.emulateNetworkConditions", FAST_4G)
    await open_live(page, server, session)
    first_tile_ms = await page.evaluate("window.firstTileMs")
    await page.close()
    scripts = [request for request, kind in kinds.items() if kind == "Script"]
    script_bytes = sum(sizes.get(request, 0) for request in scripts)
    return Load(len(scripts), script_bytes / 1000, sum(sizes.values()) / 1000, len(kinds), first_tile_ms / 1000)


def median_load(loads: list[Load]) -> Load:
    columns = {name: [getattr(each, name) for each in loads] for name in Load.__dataclass_fields__}
    return Load(**{name: statistics.median(values) for name, values in columns.items()})


def load_row(name: str, size: int, load: Load) -> str:
    figures = f"{load.requests:.0f} | {load.scripts:.0f} | {load.script_kb:.0f} | {load.all_kb:.0f}"
    return f"| {name} | {size} | {figures} | {load.first_tile_s:.2f} |"


def running_row(name: str, size: int, run: Running) -> str:
    shares = " | ".join(f"{100 * share:.1f} %" for share in (run.cpu, run.layout, run.process))
    frames = "– | –" if run.frames_per_s is None else f"{run.frames_per_s:.1f} | {run.longest_gap_ms:.0f}"
    return f"| {name} | {size} | {shares} | {run.scrolled_px} | {frames} |"


async def run(names: list[str], sizes: list[int], viewport: ViewportSize, seconds: float, loads: int) -> None:
    loaded: list[str] = []
    ran: list[str] = []
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(serving(name)) for name in names]
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(**launch_options(required_chromium()))
            contexts = [await signed_in(browser, server, viewport) for server in servers]
            machine = f"{cpu_name()}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.2f}"
            print(f"{machine}; Chromium {browser.version}", flush=True)
            for size in sizes:
                sessions = [server.shell(CLASS.format(size=size)).strip() for server in servers]
                pages = list(zip(servers, contexts, sessions, strict=True))
                turns = [
                    [await measure_load(context, server, session) for server, context, session in pages]
                    for _ in range(loads)
                ]
                for index, server in enumerate(servers):
                    loaded.append(load_row(server.name, size, median_load([turn[index] for turn in turns])))
                for server, context, session in pages:
                    running = await measure_running(browser, context, server, session, seconds)
                    ran.append(running_row(server.name, size, running))
            await browser.close()
    print("\n| page | students | requests | scripts | scripts, kB | all, kB | first tile, s |")
    print("| --- | --- | --- | --- | --- | --- | --- |", *loaded, sep="\n")
    print("\n| page | students | CPU | of it layout | process | scrolls, px | frames/s | longest gap, ms |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |", *ran, sep="\n")


def _sizes(text: str) -> list[int]:
    return [positive(int)(size) for size in text.split(",")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "pages", nargs="+", help=f'revisions, "." for the working tree, "{COLLECTED}" for collected files'
    )
    parser.add_argument("--students", type=_sizes, default=[30, 100, 300], help="sizes of the class: 30,100,300")
    parser.add_argument("--viewport", default="1366x768", help="width and height of the window")
    parser.add_argument("--seconds", type=positive(float), default=20, help="of each measurement of the running page")
    parser.add_argument(
        "--loads", type=positive(int), default=5, help="first loads of each page, of which the median counts"
    )
    given = parser.parse_args()
    width, height = (int(pixels) for pixels in given.viewport.split("x"))
    asyncio.run(run(given.pages, given.students, {"width": width, "height": height}, given.seconds, given.loads))


if __name__ == "__main__":
    run_program(main)
