// The line that says how many students have agreed to camera reading. It is next to the tiles of those who have just
// agreed, so it updates within seconds.
import { load } from "../lib/requests.js";
import { Poller } from "../lib/poller.js";
import { CONSENT } from "./texts.js";

const EVERY_MS = 5_000;

// Returns the poller, to be stopped with the class.
export function keepConsentCurrent(root) {
  const line = root.querySelector("[data-part=consent]");
  const poller = new Poller(EVERY_MS, async () => {
    if (document.hidden || root.dataset.readsFaces !== "yes") return;
    try {
      const { agreed, asked } = await load(line.dataset.url);
      line.querySelector("[data-text]").textContent = CONSENT(agreed, asked);
    } catch {
      // The figures stay. The page itself says when the server cannot be reached.
    }
  });
  poller.start();
  return poller;
}
