// Calls an asynchronous function repeatedly, each time a while after the last call has ended.
export class Poller {
  #everyMs;
  #poll;
  #timer = null;
  // Distinguishes a run from an earlier one, whose last call may still be in progress.
  #run = null;

  // `poll` must not reject.
  constructor(everyMs, poll) {
    this.#everyMs = everyMs;
    this.#poll = poll;
  }

  get isRunning() {
    return this.#run !== null;
  }

  start() {
    if (this.isRunning) return;
    this.#run = {};
    this.#next(this.#run);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#run = null;
  }

  async #next(run) {
    await this.#poll();
    if (run === this.#run) this.#timer = setTimeout(() => this.#next(run), this.#everyMs);
  }
}
