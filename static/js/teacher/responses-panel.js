// Students' responses: how many gave which answer, how that compares with their faces, and whose hands are up. The staff
// can ask for them.
import { ANSWERS, answerLabel } from "../lib/answers.js";
import { el, setData, setText } from "../lib/dom.js";
import { number } from "../lib/i18n.js";
import { icon } from "../lib/icons.js";
import { send } from "../lib/requests.js";
import { shortClockTime } from "../lib/time.js";
import { AskPanel } from "./ask-panel.js";
import { RESPONSES } from "./texts.js";

const PROBLEMS = ["lost", "too_fast", "too_slow"];

export class ResponsesPanel {
  #root;
  #ask;
  #counts = new Map();
  #hands = new Map();
  #handsList;
  #handUrl;
  #announcement;

  constructor(root) {
    this.#root = root.querySelector("[data-part=feedback]");
    this.#ask = new AskPanel(this.#root);
    this.#handUrl = this.#root.dataset.handUrl;
    this.#handsList = this.#root.querySelector("[data-hands]");
    this.#announcement = this.#root.querySelector("[data-announcement]");
    const list = this.#root.querySelector("[data-counts]");
    for (const answer of ANSWERS) {
      const count = el("strong", { class: "feedback__count" }, "0");
      const attributes = { class: "feedback__answer", "data-answer": answer, "data-testid": `answer-${answer}` };
      list.append(
        el("li", attributes, icon(answer), el("span", { class: "feedback__label" }, answerLabel(answer)), count),
      );
      this.#counts.set(answer, count);
    }
  }

  // `now`: as in AskPanel.setClock.
  setClock(now) {
    this.#ask.setClock(now);
  }

  show(responses, readsFaces) {
    this.#ask.show(responses);
    for (const [answer, count] of this.#counts) {
      setText(count, String(responses.answers[answer]));
      count.parentElement.toggleAttribute("data-none", responses.answers[answer] === 0);
    }
    // The line about an ask takes the place of the faces.
    const summary = compareWithFaces(responses, readsFaces && !responses.asked);
    setText(this.#root.querySelector("[data-summary]"), summary);
    this.#showHands(responses.hands);
  }

  // The class has ended.
  stop() {
    this.#ask.stop();
  }

  #showHands(hands) {
    const up = new Set(hands.map(handKey));
    for (const [key, item] of this.#hands) {
      if (up.has(key)) continue;
      if (item.contains(document.activeElement)) this.#moveFocusFrom(item);
      item.remove();
      this.#hands.delete(key);
    }
    for (const hand of hands) {
      if (!this.#hands.has(handKey(hand))) this.#hands.set(handKey(hand), this.#buildHand(hand));
    }
    // Only a hand that is not in its place is put there: one that moves would lose the focus and be announced again.
    for (const [index, hand] of hands.entries()) {
      const [item, current] = [this.#hands.get(handKey(hand)), this.#handsList.children[index] ?? null];
      if (current !== item) this.#handsList.insertBefore(item, current);
    }
    // The list shows two hands, on a phone one; the others are reached by scrolling.
    setText(this.#root.querySelector("[data-hand-count]"), hands.length ? number(hands.length) : "");
    this.#root.querySelector("[data-no-hand]").hidden = hands.length > 0;
  }

  #buildHand({ id, name, since }) {
    const attributes = { class: "button button--quiet button--small", type: "button" };
    const button = el("button", { ...attributes, "aria-label": RESPONSES.lowerHand(name) }, RESPONSES.lower);
    const nameElement = el("span", { class: "feedback__name" }, name);
    const note = el("span", { class: "faint" }, RESPONSES.since(shortClockTime(since)));
    button.addEventListener("click", () => this.#lower(id, button, note));
    return el("li", { class: "feedback__hand", "data-testid": "hand-up" }, icon("hand"), nameElement, note, button);
  }

  // The server's next update removes the hand from the list. Until then the button keeps the focus, which it would lose
  // if it were disabled. `note`: the text beside it, which says if the hand could not be lowered.
  async #lower(id, button, note) {
    if (button.ariaDisabled === "true") return;
    button.ariaDisabled = "true";
    this.#announcement.textContent = "";
    try {
      await send("DELETE", this.#handUrl.replace("/0/", `/${id}/`));
    } catch {
      button.ariaDisabled = "false";
      setData(note, "problem", "yes");
      setText(note, RESPONSES.notLowered);
      this.#announcement.textContent = RESPONSES.notLowered;
    }
  }

  // Keyboard users continue with the next hand.
  #moveFocusFrom(item) {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    (next?.querySelector("button") ?? this.#root.querySelector("h2")).focus();
  }
}

// A hand that is raised again is another one, with its own time and button.
function handKey({ id, since }) {
  return `${id} ${since}`;
}

// The most frequent problem, or else how many say that all is good, followed by the faces, if any could be read.
export function compareWithFaces({ answers, said, present, negative, seen }, readsFaces) {
  if (!said) return RESPONSES.nothing;
  const [mostFrequent] = PROBLEMS.filter((answer) => answers[answer]).sort((a, b) => answers[b] - answers[a]);
  const answer = mostFrequent ?? "all_good";
  const text = RESPONSES.say(answers[answer], present, answerLabel(answer));
  return readsFaces && seen ? `${text}; ${RESPONSES.faces(negative, seen)}` : text;
}
