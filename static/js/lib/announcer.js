// Tells screen readers what the figures mean and what has happened, each at most once a minute.
import { setText } from "./dom.js";

const QUIET_MS = 60_000;

// One state, announced when its meaning changes.
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

// Events. The first is announced at once, and those of the following minute together.
export class EventAnnouncer {
  #element;
  #waiting = [];
  #quiet = null;

  constructor(element) {
    this.#element = element;
  }

  add(texts) {
    this.#waiting.push(...texts);
    if (this.#quiet === null) this.#announce();
  }

  #announce() {
    if (!this.#waiting.length) return;
    setText(this.#element, this.#waiting.splice(0).join(" "));
    this.#quiet = setTimeout(() => {
      this.#quiet = null;
      this.#announce();
    }, QUIET_MS);
  }
}

// A change of only numbers or times is not news.
function meaningOf(text) {
  return text.replace(/\p{Number}+/gu, "#");
}
