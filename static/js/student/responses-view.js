// The four answers, one of them pressed at most, and the hand.
import { answerWord } from "../lib/answers.js";
import { setData, setText } from "../lib/dom.js";
import { clockTime } from "../lib/time.js";
import { VOICE } from "./texts.js";

export class ResponsesView {
  #answers;
  #hand;
  #state;
  #handState;
  #isLowered = false;

  constructor(root, { onAnswer, onHand }) {
    const card = root.querySelector("[data-part=voice]");
    this.#answers = [...card.querySelectorAll("[data-answer]")];
    this.#hand = card.querySelector("[data-hand]");
    this.#state = card.querySelector("[data-said]");
    this.#handState = card.querySelector("[data-hand-state]");
    for (const button of this.#answers) button.addEventListener("click", () => onAnswer(button.dataset.answer));
    this.#hand.addEventListener("click", () => {
      this.#isLowered = false;
      onHand();
    });
  }

  // `until` is when the answer stops counting, in seconds on this machine's clock, or null while it is on its way.
  show({ answer, until, isUp, isWaiting, isAway }) {
    for (const button of this.#answers) button.setAttribute("aria-pressed", String(button.dataset.answer === answer));
    setData(this.#hand, "up", isUp ? "yes" : null);
    setText(this.#hand.querySelector("[data-label]"), isUp ? VOICE.lower : VOICE.raise);
    setText(this.#handState, this.#handText(isUp));
    setText(this.#state, stateText({ answer, until, isWaiting, isAway }));
  }

  // Her hand went down, and not by her.
  tellLowered() {
    this.#isLowered = true;
  }

  #handText(isUp) {
    if (isUp) return VOICE.up;
    return this.#isLowered ? VOICE.lowered : "";
  }
}

function stateText({ answer, until, isWaiting, isAway }) {
  if (isWaiting) return isAway ? VOICE.notSent : VOICE.sending;
  return answer ? VOICE.counts(answerWord(answer), clockTime(until).slice(0, 5)) : VOICE.nothing;
}
