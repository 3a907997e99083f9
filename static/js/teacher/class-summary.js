// The class in the server's sentence and one bar: of what tiles show, or of answers in a course without cameras.
import { Announcer } from "../lib/announcer.js";
import { setText } from "../lib/dom.js";
import { percent } from "../lib/expressions.js";
import { ShareBar } from "../lib/share-bar.js";
import { TIMELINE } from "../lib/texts.js";
import { shortClockTime } from "../lib/time.js";
import { AnswerBar } from "./answer-bar.js";
import { COVERAGE } from "./texts.js";

export class ClassSummary {
  #sentence;
  #coverage;
  #negative;
  #isAnonymous;
  #present;
  #announcer;
  #bar;
  #answerBar;

  constructor(root) {
    const part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.#sentence = part("sentence");
    this.#coverage = part("coverage");
    this.#negative = part("negative");
    this.#isAnonymous = root.dataset.anonymous === "yes";
    this.#present = part("present");
    this.#announcer = new Announcer(part("announcer"));
    this.#bar = new ShareBar(part("mood-bar"), part("legend"));
    this.#answerBar = new AnswerBar(part("answer-bar"));
  }

  show({ mood, voice, sentence }, readsFaces) {
    const { present, enrolled } = mood;
    setText(this.#sentence, fillInTime(sentence));
    setText(
      this.#coverage,
      readsFaces ? describeCoverage(mood, this.#isAnonymous) : COVERAGE.answered(voice.said, voice.present),
    );
    setText(this.#present, COVERAGE.present(present, enrolled));
    setText(this.#negative, readsFaces ? describeNegative(mood) : "");
    this.#bar.show(mood);
    this.#answerBar.show(voice);
    this.#announcer.update(this.#sentence.textContent);
  }
}

// In an anonymous class, others may also be readable. While fewer than five are, nothing is known.
export function describeCoverage({ seen, present }, isAnonymous) {
  if (seen === null) return COVERAGE.fromFive;
  return isAnonymous ? TIMELINE.countedOf(seen, present) : COVERAGE.seen(seen, present);
}

// How many expressions are negative, next to what is usual in the course.
export function describeNegative({ negative, seen, usual_negative: usual }) {
  if (!seen) return "";
  return TIMELINE.negativeOf(negative, seen, percent(negative / seen), usual === null ? null : percent(usual));
}

// The server writes "{since}" for a time, which is shown in the page's time zone.
export function fillInTime({ text, since }) {
  return since === null ? text : text.replace("{since}", shortClockTime(since));
}
