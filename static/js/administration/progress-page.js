// Shows the progress of a check, an import or a mailing, and reloads the page once it is over.
import { setText } from "../lib/dom.js";
import { Poller } from "../lib/poller.js";
import { load } from "../lib/requests.js";

const POLL_MS = 1000;
const root = document.querySelector("[data-progress]");
const [bar, done, total] = ["progress", "[data-done]", "[data-total]"].map((part) => root.querySelector(part));

new Poller(POLL_MS, poll).start();

async function poll() {
  try {
    show(await load(root.dataset.progress));
  } catch {
    // The next request tries again.
  }
}

function show(progress) {
  if (!progress.busy) {
    location.reload();
    return;
  }
  if (progress.total) bar.max = progress.total;
  bar.value = progress.done;
  setText(done, String(progress.done));
  setText(total, String(progress.total));
}
