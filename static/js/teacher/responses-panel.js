// What students say: how many hold which answer, whose hands are up, and what the faces say beside it.
import { ANSWERS, answerWord } from "../lib/answers.js";
import { el, icon, setText } from "../lib/dom.js";
import { send } from "../lib/requests.js";
import { clockTime } from "../lib/time.js";
import { SAYS } from "./texts.js";

const TROUBLES = ["lost", "too_fast", "too_slow"];

export class ResponsesPanel {
  #root;
  #counts = new Map();
  #hands = new Map();
  #handsList;
  #handUrl;

  constructor(root) {
    this.#root = root.querySelector("[data-part=says]");
    this.#handUrl = this.#root.dataset.handUrl;
    this.#handsList = this.#root.querySelector("[data-hands]");
    const list = this.#root.querySelector("[data-counts]");
    for (const answer of ANSWERS) {
      const count = el("strong", { class: "says__count" }, "0");
      this.#counts.set(answer, count);
      list.append(
        el(
          "li",
          { class: "says__answer", "data-answer": answer, "data-testid": `says-${answer}` },
          icon(answer),
          answerWord(answer),
          count,
        ),
      );
    }
  }

  show(voice, readsFaces) {
    for (const [answer, count] of this.#counts) {
      setText(count, String(voice.answers[answer]));
      count.parentElement.toggleAttribute("data-none", voice.answers[answer] === 0);
    }
    setText(this.#root.querySelector("[data-compare]"), comparison(voice, readsFaces));
    this.#showHands(voice.hands);
  }

  #showHands(hands) {
    const up = new Set(hands.map((hand) => hand.id));
    for (const [id, item] of this.#hands) {
      if (up.has(id)) continue;
      if (item.contains(document.activeElement)) this.#focusAfter(item);
      item.remove();
      this.#hands.delete(id);
    }
    for (const hand of hands) if (!this.#hands.has(hand.id)) this.#hands.set(hand.id, this.#item(hand));
    const wanted = hands.map((hand) => this.#hands.get(hand.id));
    if (wanted.some((item, index) => this.#handsList.children[index] !== item)) this.#handsList.append(...wanted);
    this.#root.querySelector("[data-no-hand]").hidden = hands.length > 0;
  }

  #item({ id, name, since }) {
    const button = el(
      "button",
      { class: "button button--quiet button--small", type: "button", "aria-label": SAYS.lowerOf(name) },
      SAYS.lower,
    );
    button.addEventListener("click", () => this.#lower(id, button));
    const who = el("span", { class: "says__name" }, name);
    const when = el("span", { class: "faint" }, SAYS.since(clockTime(since).slice(0, 5)));
    return el("li", { class: "says__hand", "data-testid": "hand-up" }, icon("hand"), who, when, button);
  }

  // Its place in the list goes with the event that the server sends.
  async #lower(id, button) {
    button.disabled = true;
    try {
      await send("DELETE", this.#handUrl.replace("/0/", `/${id}/`));
    } catch {
      button.disabled = false;
    }
  }

  // Keyboard users go on with the next hand.
  #focusAfter(item) {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    (next?.querySelector("button") ?? this.#root.querySelector("h2")).focus();
  }
}

// The trouble most students name, or else that all is good; with the faces beside it where any are read.
function comparison({ answers, said, present, negative, seen }, readsFaces) {
  if (!said) return SAYS.nothing;
  const [loudest] = TROUBLES.filter((answer) => answers[answer]).sort((a, b) => answers[b] - answers[a]);
  const answer = loudest ?? "all_good";
  const words = SAYS.say(answers[answer], present, answerWord(answer));
  return readsFaces && seen ? `${words}; ${SAYS.faces(negative, seen)}` : words;
}
