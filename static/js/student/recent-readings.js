// The student's readings of the last ten seconds, and what the teacher's tile shows for them: see shown_by in
// classroom/measures.py.
import { EXPRESSIONS } from "../lib/expressions.js";

// The same time as on the server: after this long without a reading, the teacher sees "waiting".
const LAST_MS = 10_000;

export class RecentReadings {
  #results = [];

  add(result) {
    this.#results.push({ ...result, at: performance.now() });
  }

  // In how many milliseconds the oldest reading is too old, or null without any.
  get changesInMs() {
    return this.#results.length ? this.#results[0].at + LAST_MS - performance.now() : null;
  }

  // A result like the server's, of the mean of the certain readings, with the faces and the box of the last reading. Null
  // without any.
  get shown() {
    this.#results = this.#results.filter(({ at }) => at > performance.now() - LAST_MS);
    const last = this.#results.at(-1);
    if (!last) return null;
    const certain = this.#results.filter(({ faces, uncertain }) => faces > 0 && !uncertain);
    if (certain.length) return { ...last, ...describe(meanOf(certain)), uncertain: null };
    const unclear = this.#results.filter(({ uncertain }) => uncertain).at(-1);
    const { uncertain = null, probabilities = null } = unclear ?? {};
    return { ...last, expression: null, confidence: null, uncertain, probabilities };
  }
}

function meanOf(results) {
  const sum = (name) => results.reduce((total, { probabilities }) => total + probabilities[name], 0);
  return Object.fromEntries(EXPRESSIONS.map((name) => [name, sum(name) / results.length]));
}

function describe(probabilities) {
  const rounded = (name) => Number(probabilities[name].toFixed(9));
  // If two expressions are equal, the first by name.
  const [expression] = [...EXPRESSIONS].sort().sort((a, b) => rounded(b) - rounded(a));
  return { expression, confidence: probabilities[expression], probabilities };
}
