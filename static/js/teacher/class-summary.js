// The class in the server's sentence and one bar: of expressions, or of answers in a course without cameras.
import { setText } from "../lib/dom.js";
import { ShareBar } from "../lib/share-bar.js";
import { shortClockTime } from "../lib/time.js";
import { AnswerBar } from "./answer-bar.js";
import { COVERAGE } from "./texts.js";

// Screen readers announce the sentence at most this often.
const ANNOUNCE_MS = 15_000;

export class ClassSummary {
  #sentence;
  #coverage;
  #present;
  #announcer;
  #bar;
  #answerBar;
  #announcing = null;

  constructor(root) {
    const part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.#sentence = part("sentence");
    this.#coverage = part("coverage");
    this.#present = part("present");
    this.#announcer = part("announcer");
    this.#bar = new ShareBar(part("mood-bar"), part("legend"));
    this.#answerBar = new AnswerBar(part("answer-bar"));
  }

  show({ mood, voice, sentence }, readsFaces) {
    const { seen, present, enrolled } = mood;
    setText(this.#sentence, fillInTime(sentence));
    setText(this.#coverage, readsFaces ? COVERAGE.seen(seen, present) : COVERAGE.answered(voice.said, voice.present));
    setText(this.#present, COVERAGE.present(present, enrolled));
    this.#bar.show(mood.probabilities);
    this.#answerBar.show(voice);
    this.#announceSoon();
  }

  #announceSoon() {
    if (this.#announcing !== null) return;
    setText(this.#announcer, this.#sentence.textContent);
    this.#announcing = setTimeout(() => {
      this.#announcing = null;
      setText(this.#announcer, this.#sentence.textContent);
    }, ANNOUNCE_MS);
  }
}

// The server writes "{since}" for a moment, which is shown in the page's time zone.
export function fillInTime({ text, since }) {
  return since === null ? text : text.replace("{since}", shortClockTime(since));
}
