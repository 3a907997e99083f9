// The card with the four answers and the button for the hand.
import { answerLabel } from "../lib/answers.js";
import { setData, setText } from "../lib/dom.js";
import { shortClockTime } from "../lib/time.js";
import { Responses } from "./responses.js";
import { RESPONSES } from "./texts.js";

export function connectResponses(root, socket) {
  const view = new ResponsesView(root);
  const responses = new Responses(socket, (state) => view.show(state));
  view.onAnswer = (answer) => responses.answer(answer);
  view.onHand = () => responses.toggleHand();
  return responses;
}

class ResponsesView {
  onAnswer = () => {};
  onHand = () => {};
  #answers;
  #answerState;
  #hand;
  #handState;

  constructor(root) {
    const card = root.querySelector("[data-part=feedback]");
    this.#answers = [...card.querySelectorAll("[data-answer]")];
    this.#answerState = card.querySelector("[data-answer-state]");
    this.#hand = card.querySelector("[data-hand]");
    this.#handState = card.querySelector("[data-hand-state]");
    for (const button of this.#answers) {
      button.addEventListener("click", () => this.onAnswer(button.dataset.answer));
    }
    this.#hand.addEventListener("click", () => this.onHand());
  }

  show(state) {
    for (const button of this.#answers) {
      button.setAttribute("aria-pressed", String(button.dataset.answer === state.answer));
    }
    setData(this.#hand, "up", state.isHandUp ? "yes" : null);
    setText(this.#hand.querySelector("[data-label]"), state.isHandUp ? RESPONSES.lower : RESPONSES.raise);
    setText(this.#answerState, describeAnswer(state));
    setText(this.#handState, describeHand(state));
  }
}

export function describeAnswer({ answer, until, isAnswerPending, isConnected }) {
  if (isAnswerPending) return isConnected ? RESPONSES.sending : RESPONSES.notSent;
  return answer ? RESPONSES.counts(answerLabel(answer), shortClockTime(until)) : RESPONSES.nothing;
}

export function describeHand({ isHandUp, isHandPending, wasLowered, isConnected }) {
  if (isHandPending) return isConnected ? RESPONSES.sending : RESPONSES.notSent;
  if (isHandUp) return RESPONSES.up;
  return wasLowered ? RESPONSES.lowered : "";
}
