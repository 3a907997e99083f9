// Tells screen readers what the figures mean: once it has changed, and at most once a minute.
import { setText } from "../lib/dom.js";

const QUIET_MS = 60_000;

export class Announcer {
  #element;
  #latest = "";
  #announced = null;
  #quiet = null;

  constructor(element) {
    this.#element = element;
  }

  update(text) {
    this.#latest = text;
    if (this.#quiet === null) this.#announce();
  }

  #announce() {
    if (meaningOf(this.#latest) === this.#announced) return;
    this.#announced = meaningOf(this.#latest);
    setText(this.#element, this.#latest);
    this.#quiet = setTimeout(() => {
      this.#quiet = null;
      this.#announce();
    }, QUIET_MS);
  }
}

// Other numbers or times alone are no news.
function meaningOf(text) {
  return text.replace(/\p{Number}+/gu, "#");
}
