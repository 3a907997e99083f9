// The running window at the end of the timeline. Until it closes, it shows the class's mood of the last ten seconds.

// Drawing is expensive, and nobody reads a timeline by the second.
const REDRAW_EVERY_MS = 2_000;

export class RunningWindow {
  #windowS = null;
  #clockAheadS = 0;
  #drawnAt = -Infinity;

  // The first state tells how far the server's clock is ahead of this one.
  start({ now, window_s }) {
    this.#windowS = window_s;
    this.#clockAheadS = now - Date.now() / 1000;
  }

  // Returns the window in a list, or an empty list if it need not be drawn now.
  update({ probabilities, seen, present }) {
    if (this.#windowS === null || performance.now() - this.#drawnAt < REDRAW_EVERY_MS) return [];
    this.#drawnAt = performance.now();
    const now = Date.now() / 1000 + this.#clockAheadS;
    return [{ at: Math.floor(now / this.#windowS) * this.#windowS, probabilities, seen, present }];
  }
}
