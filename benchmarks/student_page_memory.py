"""Measures the memory of a student's page in headless Chromium: with faces found on the page, and with whole frames.

    .venv/bin/python benchmarks/student_page_memory.py [--seconds 180] [--ways both] [--json]

The page is the product's, in a phone's window, with a fake camera that shows a face; it sends snapshots as in class.
Each way has its own browser, which is only asked for figures.

Footprint is the term of Chromium's task manager: the renderer's memory that no other process shares and no file backs,
once a second. Before is the page with its camera off. WebAssembly and JavaScript are the parts of the footprint that
WebAssembly's linear memories and V8's heap take at the end. Shared is what the renderer shares with the browser
process: tiles of the page, and pictures that Chromium keeps decoded until memory is short. The browser and camera
processes are not included.
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.devtools import Chromium, Tab, headless_chromium
from benchmarks.machine import cpu_name
from benchmarks.revisions import Server, serving
from benchmarks.student_page import chromium_browser, open_student_page
from emotions.synthetic.portraits import portrait
from tests.browser.fake_camera import camera_flags, moving_portrait

PHONE = {"width": 412, "height": 839, "deviceScaleFactor": 2.625, "mobile": True}
# The kind of picture that the page says it sends, by way.
WAYS = {"whole frames": "whole", "faces": "face"}
START_S = 120
COOKIE = ("name", "value", "domain", "path", "secure", "httpOnly")
KEEP_MEMORIES = """
window.wasmMemories = new Set();
const real = WebAssembly.instantiateStreaming;
WebAssembly.instantiateStreaming = async (...all) => {
  const made = await real.apply(WebAssembly, all);
  for (const each of Object.values(made.instance.exports))
    if (each instanceof WebAssembly.Memory) window.wasmMemories.add(each);
  return made;
};
"""
NO_WEBASSEMBLY = "delete window.WebAssembly;"
WASM_BYTES = "[...(window.wasmMemories ?? [])].reduce((sum, { buffer }) => sum + buffer.byteLength, 0)"
IS_READY = "document.readyState === 'complete' && !document.querySelector('[data-testid=start-camera]')?.hidden"
START = "document.querySelector('[data-testid=start-camera]').click()"
SENT = "document.querySelector('[data-testid=sent]').dataset.kind"


@dataclass(frozen=True)
class Sample:
    footprint: float
    shared: float


@dataclass(frozen=True)
class Memory:
    """Megabytes of 10^6 bytes."""

    way: str
    before: float
    median: float
    most: float
    wasm: float
    javascript: float
    shared: float


def measure(server: Server, cookies: list[Any], url: str, way: str, video: Path, seconds: int) -> Memory:
    with headless_chromium(*camera_flags(video)) as browser:
        browser.send("Storage.setCookies", {"cookies": [{key: each[key] for key in COOKIE} for each in cookies]})
        page = Tab(browser)
        page.send("Page.enable")
        script = KEEP_MEMORIES if WAYS[way] == "face" else NO_WEBASSEMBLY
        page.send("Page.addScriptToEvaluateOnNewDocument", {"source": script})
        page.send("Emulation.setDeviceMetricsOverride", PHONE)
        page.send("Page.navigate", {"url": url})
        wait_for(page, IS_READY)
        before = sample(browser)
        page.evaluate(START)
        wait_for(page, f"{SENT} === '{WAYS[way]}'")
        samples = []
        for _ in range(seconds):
            time.sleep(1)
            samples.append(sample(browser))
        footprints = [each.footprint for each in samples]
        return Memory(
            way,
            before.footprint,
            statistics.median(footprints),
            max(footprints),
            page.evaluate(WASM_BYTES) / 1e6,
            page.send("Runtime.getHeapUsage")["usedSize"] / 1e6,
            max(each.shared for each in samples),
        )


def wait_for(page: Tab, condition: str) -> None:
    """Wait until the expression is true. Raises TimeoutError."""
    until = time.monotonic() + START_S
    while not page.evaluate(condition):
        if time.monotonic() > until:
            raise TimeoutError(f"The page did not come to this: {condition}")
        time.sleep(0.2)


def sample(browser: Chromium) -> Sample:
    """The page's renderer is the largest: Chromium keeps an empty one ready."""
    samples = [read_status(Path(f"/proc/{pid}/status").read_text()) for pid in browser.renderers()]
    return max(samples, key=lambda each: each.footprint)


def read_status(status: str) -> Sample:
    """Read a process's status file (proc_pid_status(5)), whose sizes are in kibibytes."""
    sizes = {name: int(size) * 1024 / 1e6 for name, size in re.findall(r"^(\w+):\s+(\d+) kB$", status, re.MULTILINE)}
    return Sample(sizes["RssAnon"] + sizes["VmSwap"], sizes["RssShmem"])


def row(memory: Memory) -> str:
    way, *figures = asdict(memory).values()
    return f"| {way} | {' | '.join(f'{figure:.0f}' for figure in figures)} |"


async def sign_in(server: Server) -> tuple[list[Any], str]:
    """Return the cookies of a student who may join a class, and the address of that class."""
    async with chromium_browser() as browser:
        page = await open_student_page(browser, server)
        return await page.context.cookies(), page.url


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=180, help="of each way")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with serving(".") as server, tempfile.TemporaryDirectory() as folder:
        video = moving_portrait(Path(folder) / "face.y4m", portrait())
        cookies, url = asyncio.run(sign_in(server))
        measured = [measure(server, cookies, url, way, video, options.seconds) for way in options.ways]
    if options.json:
        print(json.dumps([asdict(memory) for memory in measured]))
        return
    print(f"{cpu_name()}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}; megabytes.\n")
    print("| the page sends | before | median | most | WebAssembly | JavaScript | shared |")
    print("| --- | --- | --- | --- | --- | --- | --- |", *map(row, measured), sep="\n")


if __name__ == "__main__":
    main()
