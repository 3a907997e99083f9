// The running window at the end of the timeline. Until it closes, it shows the class like the bar, and the answers that
// students hold.

// Drawing is expensive, and nobody reads a timeline by the second.
const REDRAW_EVERY_MS = 2_000;

export class RunningWindow {
  #timeline;
  #windowS = null;
  #clockAheadS = 0;
  #isAnonymous = false;
  #drawnAt = -Infinity;
  // The start of the last window that has closed.
  #closed = -Infinity;

  constructor(timeline) {
    this.#timeline = timeline;
  }

  // Shows the first state's timeline, which also tells how far the server's clock is ahead of this one.
  start({ now, window_s: windowS, timeline, answers, mood, session }) {
    this.#windowS = windowS;
    this.#isAnonymous = session.anonymous === true;
    this.#clockAheadS = now - Date.now() / 1000;
    this.#noteClosed(timeline);
    const options = { windowS, answers, readsFaces: session.reads_faces, usualNegative: mood.usual_negative };
    this.#timeline.replace(timeline, options);
  }

  // Adds the closed windows to the timeline, with their answers, and the running one if it is due.
  show({ mood, voice, windows = [], answers = [] }) {
    this.#noteClosed(windows);
    const at = this.#isDue() ? this.#start() : null;
    if (at === null || at <= this.#closed) {
      this.#timeline.add(windows, answers);
      return;
    }
    // The bar of an anonymous class shows a minute that is over.
    const { counts, seen } = this.#isAnonymous ? { counts: null, seen: null } : mood;
    const running = { at, counts, probabilities: null, seen, present: mood.present };
    this.#timeline.add([...windows, running], [...answers, { at, answers: voice.answers }]);
  }

  // A clock that was set back, or a state that took seconds to arrive, makes the running window begin too early.
  #noteClosed(windows) {
    this.#closed = Math.max(this.#closed, ...windows.map(({ at }) => at));
  }

  #isDue() {
    if (this.#windowS === null || performance.now() - this.#drawnAt < REDRAW_EVERY_MS) return false;
    this.#drawnAt = performance.now();
    return true;
  }

  #start() {
    const now = Date.now() / 1000 + this.#clockAheadS;
    return Math.floor(now / this.#windowS) * this.#windowS;
  }
}
