// The class in one sentence and one bar, from the server's figures alone.
import { setText } from "../lib/dom.js";
import { EXPRESSIONS } from "../lib/expressions.js";
import { ShareBar } from "../lib/share-bar.js";
import { COVERAGE, SENTENCES } from "./texts.js";

// A screen reader is told the sentence at most this often.
const ANNOUNCE_MS = 15_000;

export class ClassSummary {
  #sentence;
  #coverage;
  #present;
  #announcer;
  #bar;
  #announcing = null;

  constructor(root) {
    const part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.#sentence = part("sentence");
    this.#coverage = part("coverage");
    this.#present = part("present");
    this.#announcer = part("announcer");
    this.#bar = new ShareBar(part("mood-bar"), part("legend"));
  }

  show(mood) {
    setText(this.#sentence, sentence(mood));
    setText(this.#coverage, COVERAGE.seen(mood.seen, mood.present));
    setText(this.#present, COVERAGE.present(mood.present, mood.enrolled));
    this.#bar.show(mood.probabilities);
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

export function sentence({ probabilities, seen, present, enrolled }) {
  if (enrolled === 0) return SENTENCES.nobodyEnrolled;
  if (present === 0) return SENTENCES.nobodyHere;
  if (!probabilities) return SENTENCES.nobodySeen(present);
  const [first, second] = [...EXPRESSIONS].sort((a, b) => probabilities[b] - probabilities[a]);
  if (seen === 1) return SENTENCES.oneSeen(present, first);
  const mood = probabilities[first] >= 0.5 ? SENTENCES.most(first) : SENTENCES.mixed(first, second);
  return SENTENCES.seen(seen, present, mood);
}
