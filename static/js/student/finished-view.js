// The card shown once the student is no longer in class: why, and what to do next.
import { hide, setText } from "../lib/dom.js";
import { CLOSED } from "./texts.js";

export class FinishedView {
  #root;
  #card;

  constructor(root) {
    this.#root = root;
    this.#card = root.querySelector("[data-part=finished]");
  }

  get isShown() {
    return !this.#card.hidden;
  }

  show(code) {
    const { title, text, textWithoutCamera = text, action, label } = CLOSED[code] ?? CLOSED[4404];
    setText(this.#card.querySelector("h2"), title);
    setText(this.#card.querySelector("[data-text]"), this.#root.dataset.camera ? text : textWithoutCamera);
    const link = this.#card.querySelector("a");
    const button = this.#card.querySelector("button");
    const href = { home: this.#root.dataset.homeUrl, mine: this.#root.dataset.mineUrl }[action];
    link.hidden = !href;
    button.hidden = Boolean(href);
    if (href) link.href = href;
    else button.dataset.action = action;
    setText(href ? link : button, label);
    // A student who is led home may not see the course any more.
    this.#card.querySelector("[data-course-link]").hidden = action === "home";
    this.#card.hidden = false;
    this.#card.focus();
  }

  hide() {
    hide(this.#card, document.getElementById("main"));
  }
}
