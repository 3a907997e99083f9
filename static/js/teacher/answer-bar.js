// Students' answers as one stacked bar, the main figure of a course without cameras. The rest gave no answer.
import { ANSWERS, answerLabel } from "../lib/answers.js";
import { el, setText } from "../lib/dom.js";

// A part with a smaller share has no room for its label.
const LABEL_NEEDS = 0.14;

export class AnswerBar {
  #bar;
  #parts = new Map();

  constructor(bar) {
    this.#bar = bar;
    for (const answer of ANSWERS) {
      this.#parts.set(answer, el("span", { class: "answer-bar__part", "data-answer": answer }));
    }
    bar.append(...this.#parts.values());
  }

  show({ answers, present }) {
    for (const [answer, part] of this.#parts) {
      const share = present ? answers[answer] / present : 0;
      part.hidden = share === 0;
      part.style.flexBasis = `${100 * share}%`;
      setText(part, share >= LABEL_NEEDS ? `${answerLabel(answer)} ${answers[answer]}` : "");
    }
    this.#bar.toggleAttribute("data-empty", !Object.values(answers).some(Boolean));
  }
}
