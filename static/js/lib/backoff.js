// Exponential backoff: how long to wait before each attempt to reconnect.
const FIRST_DELAY_MS = 800;
const LONGEST_DELAY_MS = 30_000;

export class Backoff {
  #attempts = 0;

  get attempts() {
    return this.#attempts;
  }

  nextDelay() {
    const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    // Jitter: a class that lost its server at once must not reconnect all at once.
    return longest * (0.5 + Math.random() / 2);
  }

  reset() {
    this.#attempts = 0;
  }
}
