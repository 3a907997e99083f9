// Buttons with how many students are in each state; pressing one shows those alone.
import { el, icon, setText } from "../lib/dom.js";
import { ALL, STATE_WORDS } from "./texts.js";

export class StateFilter {
  #buttons = new Map();
  #chosen = null;

  constructor(list, onChange) {
    for (const state of [null, ...Object.keys(STATE_WORDS)]) {
      const count = el("span", { class: "chip__count" }, "0");
      const label = state ? STATE_WORDS[state] : ALL;
      const button = el("button", { class: "chip", type: "button", "aria-pressed": String(state === null) });
      button.append(...(state ? [icon(state)] : []), label, count);
      button.addEventListener("click", () => {
        this.#choose(this.#chosen === state ? null : state);
        onChange();
      });
      this.#buttons.set(state, { button, count });
      list.append(button);
    }
  }

  accepts(state) {
    return this.#chosen === null || state === this.#chosen;
  }

  count(states) {
    for (const [state, { button, count }] of this.#buttons) {
      const number = state === null ? states.length : states.filter((each) => each === state).length;
      setText(count, String(number));
      button.hidden = number === 0 && state !== null && state !== this.#chosen;
    }
  }

  #choose(state) {
    this.#chosen = state;
    for (const [each, { button }] of this.#buttons) button.setAttribute("aria-pressed", String(each === state));
  }
}
