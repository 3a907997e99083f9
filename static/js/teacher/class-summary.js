// The class in the server's sentence and one bar of its figures. Without cameras both are of what students say.
import { setText } from "../lib/dom.js";
import { ShareBar } from "../lib/share-bar.js";
import { clockTime } from "../lib/time.js";
import { AnswerBar } from "./answer-bar.js";
import { COVERAGE } from "./texts.js";

// A screen reader is told the sentence at most this often.
const ANNOUNCE_MS = 15_000;

export class ClassSummary {
  #sentence;
  #coverage;
  #present;
  #announcer;
  #bar;
  #answers;
  #announcing = null;

  constructor(root) {
    const part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.#sentence = part("sentence");
    this.#coverage = part("coverage");
    this.#present = part("present");
    this.#announcer = part("announcer");
    this.#bar = new ShareBar(part("mood-bar"), part("legend"));
    this.#answers = new AnswerBar(part("answer-bar"));
  }

  show({ mood, voice, sentence }, readsFaces) {
    setText(this.#sentence, inWords(sentence));
    setText(
      this.#coverage,
      readsFaces ? COVERAGE.seen(mood.seen, mood.present) : COVERAGE.said(voice.said, voice.present),
    );
    setText(this.#present, COVERAGE.present(mood.present, mood.enrolled));
    this.#bar.show(mood.probabilities);
    this.#answers.show(voice);
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

// The server says "{since}" where the moment stands on the clock of whoever reads.
function inWords({ text, since }) {
  return since === null ? text : text.replace("{since}", clockTime(since).slice(0, 5));
}
