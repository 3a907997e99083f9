// The course page of a student who waits to be let in, or for a class to start. It moves on by itself.
import { setText } from "../lib/dom.js";
import { Poller } from "../lib/poller.js";
import { load } from "../lib/requests.js";
import { WAITING } from "./texts.js";

const POLL_MS = 5_000;

export function waitOn(root) {
  const { waitingUrl, waitingFor } = root.dataset;
  const poller = new Poller(POLL_MS, poll);

  async function poll() {
    try {
      const { enrolled, page } = await load(waitingUrl);
      // Replace it, because going back to a waiting page would lead forward again.
      if (page) goOn(() => location.replace(page));
      else if (enrolled && waitingFor === "approval") goOn(() => location.reload());
    } catch (error) {
      if (error.status === 404) goOn(() => setText(root.querySelector("[data-part=waiting]"), WAITING[waitingFor]));
      else if (error.status === 403) goOn(() => location.reload()); // signed out: the page asks to sign in
    }
  }

  function goOn(step) {
    poller.stop();
    document.removeEventListener("visibilitychange", onShown);
    step();
  }

  // Browsers delay the timers of a hidden tab.
  function onShown() {
    if (document.hidden) return;
    poller.stop();
    poller.start();
  }

  document.addEventListener("visibilitychange", onShown);
  poller.start();
}

const waiting = document.querySelector?.("[data-waiting-url]");
if (waiting) waitOn(waiting);
