// The class's answers as one bar: the main figure of a course without cameras. Those who say nothing are its rest.
import { ANSWERS, answerWord } from "../lib/answers.js";
import { el, setText } from "../lib/dom.js";

// A part narrower than this has no room for its word.
const WORD_NEEDS = 0.14;

export class AnswerBar {
  #bar;
  #parts = new Map();

  constructor(bar) {
    this.#bar = bar;
    for (const answer of ANSWERS)
      this.#parts.set(answer, el("span", { class: "answer-bar__part", "data-answer": answer }));
    bar.append(...this.#parts.values());
  }

  show({ answers, present }) {
    for (const [answer, part] of this.#parts) {
      const share = present ? answers[answer] / present : 0;
      part.hidden = share === 0;
      part.style.flexBasis = `${100 * share}%`;
      setText(part, share >= WORD_NEEDS ? `${answerWord(answer)} ${answers[answer]}` : "");
    }
    this.#bar.toggleAttribute("data-empty", !Object.values(answers).some(Boolean));
  }
}
