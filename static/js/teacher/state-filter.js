// Buttons with the number of students in each state. Pressing one shows only those students.
import { el, setText } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { ALL, STATE_LABELS } from "./texts.js";

export class StateFilter {
  #buttons = new Map();
  #chosen = null;

  // onChange: another state was chosen.
  constructor(list, onChange) {
    for (const state of [null, ...Object.keys(STATE_LABELS)]) {
      const count = el("span", { class: "chip__count" }, "0");
      const attributes = { class: "chip", type: "button", "aria-pressed": String(state === null) };
      const button = el("button", attributes, state && icon(state), state ? STATE_LABELS[state] : ALL, count);
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

  // `states`: the state of every student.
  count(states) {
    const counts = countStates(states);
    for (const [state, { button, count }] of this.#buttons) {
      const number = state === null ? states.length : (counts.get(state) ?? 0);
      setText(count, String(number));
      const isInUse = state === null || state === this.#chosen || button === document.activeElement;
      button.hidden = number === 0 && !isInUse;
    }
  }

  #choose(state) {
    this.#chosen = state;
    for (const [each, { button }] of this.#buttons) button.setAttribute("aria-pressed", String(each === state));
  }
}

function countStates(states) {
  const counts = new Map();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}
