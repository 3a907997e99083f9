"""A teacher's live page into whose socket tests feed the server's messages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, ViewportSize

from tests.browser import people

VIEWPORT: ViewportSize = {"width": 1440, "height": 900}
# Once a test has fed a message, the real class, in which nobody is, is confirmed to the server and not shown any more.
KEEP_SOCKET = """
const Real = window.WebSocket;
window.WebSocket = class extends Real {
  constructor(...all) {
    super(...all);
    window.socket = this;
    this.addEventListener("message", (event) => {
      const { type, number } = JSON.parse(event.data);
      if (!event.isTrusted || !window.isFed || !["update", "resync"].includes(type)) return;
      event.stopImmediatePropagation();
      if (type === "update") this.send(JSON.stringify({ type: "shown", number }));
    });
  }
};
window.receive = (message) => {
  window.isFed = true;
  window.socket.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) }));
};
"""
# Students by their index in the list of names; changes: {index: {field: value}}.
FEED = """
async (changes) => {
  window.state ??= await (await fetch(document.querySelector("[data-live]").dataset.stateUrl)).json();
  const { students, mood, voice, sentence, now } = window.state;
  const sorted = [...students].sort((a, b) => a.name.localeCompare(b.name));
  window.number = (window.number ?? 1000) + 1;
  const tiles = Object.entries(changes).map(([place, change]) =>
    ({ ...sorted[place], state: "in_class", updated: now + window.number, heard: now + window.number, ...change }));
  const rest = { windows: [], answers: [], mood, voice, sentence };
  window.receive({ type: "update", number: window.number, students: tiles, ...rest });
}
"""


@asynccontextmanager
async def fed_class(
    server, browser: Browser, topic: str, *, course: str = people.DEMO_COURSE, viewport: ViewportSize = VIEWPORT
) -> AsyncIterator[Page]:
    """Run a class that nobody joins. Its page has `window.receive`, which takes a message of the server."""
    page = await (await browser.new_context(viewport=viewport)).new_page()
    await page.add_init_script(KEEP_SOCKET)
    await people.sign_in(page, server, "teacher@demo.example")
    await people.start_class(page, topic, course=course)
    yield page
    await page.set_viewport_size(viewport)
    await people.open_again(page)
    await people.end_class(page)
