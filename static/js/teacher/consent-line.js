// The line that says how many students have agreed to camera reading. It is next to the tiles of those who have just
// agreed, so it updates within seconds.
import { setText } from "../lib/dom.js";
import { load } from "../lib/requests.js";
import { Poller } from "../lib/poller.js";
import { CONSENT } from "./texts.js";

const EVERY_MS = 5_000;

export class ConsentLine {
  #root;
  #line;
  #poller = new Poller(EVERY_MS, () => this.#refresh());

  constructor(root) {
    this.#root = root;
    this.#line = root.querySelector("[data-part=consent]");
    if (this.#line) this.#poller.start(); // an anonymous class has none
  }

  // The class has ended.
  stop() {
    this.#poller.stop();
  }

  async #refresh() {
    if (document.hidden || this.#root.dataset.readsFaces !== "yes") return;
    try {
      const { agreed, asked } = await load(this.#line.dataset.url);
      setText(this.#line.querySelector("[data-text]"), CONSENT(agreed, asked));
    } catch {
      // The figures stay. The page itself says when the server cannot be reached.
    }
  }
}
