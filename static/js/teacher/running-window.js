// The window that has not closed yet: until it does, the timeline ends with the class's mood of the last ten seconds.
// Drawing takes its time, and nobody reads a timeline by the second.
const EVERY_MS = 2_000;

export class RunningWindow {
  #windowS = null;
  #ahead = 0;
  #drawnAt = -Infinity;

  // The first state tells how far the server's clock is ahead of this one.
  begin({ now, window_s }) {
    this.#windowS = window_s;
    this.#ahead = now - Date.now() / 1000;
  }

  // The window to draw now, or none.
  windows({ probabilities, seen, present }) {
    if (this.#windowS === null || performance.now() - this.#drawnAt < EVERY_MS) return [];
    this.#drawnAt = performance.now();
    const now = Date.now() / 1000 + this.#ahead;
    return [{ at: Math.floor(now / this.#windowS) * this.#windowS, probabilities, seen, present }];
  }
}
