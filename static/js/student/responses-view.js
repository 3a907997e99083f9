// The card with the question, its four answers and the button for the hand.
import { answerLabel } from "../lib/answers.js";
import { setData, setText } from "../lib/dom.js";
import { PageBadge } from "../lib/page-badge.js";
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
  #badge = new PageBadge();
  #card;
  #question;
  #standing;
  #announcement;
  #askedAt = null;
  #answers;
  #answerState;
  #hand;
  #handState;

  constructor(root) {
    const card = root.querySelector("[data-part=feedback]");
    this.#card = card;
    this.#question = card.querySelector("[data-question]");
    this.#standing = this.#question.textContent;
    this.#announcement = card.querySelector("[data-announcement]");
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
    this.#showAsk(state.askedAt);
    for (const button of this.#answers) {
      const isPressed = state.askedAt === null && button.dataset.answer === state.answer;
      button.setAttribute("aria-pressed", String(isPressed));
    }
    setData(this.#hand, "up", state.isHandUp ? "yes" : null);
    setText(this.#hand.querySelector("[data-label]"), state.isHandUp ? RESPONSES.lower : RESPONSES.raise);
    setText(this.#answerState, describeAnswer(state));
    setText(this.#handState, describeHand(state));
  }

  // `askedAt`: when the teacher asked, or null.
  #showAsk(askedAt) {
    if (askedAt === this.#askedAt) return;
    this.#askedAt = askedAt;
    const isAsked = askedAt !== null;
    setData(this.#card, "asked", isAsked ? "yes" : null);
    setText(this.#question, isAsked ? RESPONSES.asked : this.#standing);
    this.#announcement.textContent = isAsked ? RESPONSES.asked : "";
    this.#badge.show(isAsked ? 1 : 0);
  }
}

export function describeAnswer({ answer, until, askedAt, isAnswerPending, isConnected }) {
  if (isAnswerPending) return isConnected ? RESPONSES.sending : RESPONSES.notSent;
  if (!answer) return RESPONSES.nothing;
  const describe = askedAt ? RESPONSES.earlierCounts : RESPONSES.counts;
  return describe(answerLabel(answer), shortClockTime(until));
}

export function describeHand({ isHandUp, isHandPending, wasLowered, isConnected }) {
  if (isHandPending) return isConnected ? RESPONSES.sending : RESPONSES.notSent;
  if (isHandUp) return RESPONSES.up;
  return wasLowered ? RESPONSES.lowered : "";
}
