// The running window at the end of the timeline. Until it closes, it shows the class as the bar does, and the answers that
// students hold.

// Drawing is expensive, and nobody reads a timeline by the second.
const REDRAW_EVERY_MS = 2_000;

export class RunningWindow {
  #timeline;
  #windowS = null;
  #clockAheadS = 0;
  #drawnAt = -Infinity;

  constructor(timeline) {
    this.#timeline = timeline;
  }

  // Shows the first state's timeline. It also tells how far the server's clock is ahead of this one.
  start({ now, window_s: windowS, timeline, answers, mood, session }) {
    this.#windowS = windowS;
    this.#clockAheadS = now - Date.now() / 1000;
    const options = { windowS, answers, readsFaces: session.reads_faces, usualNegative: mood.usual_negative };
    this.#timeline.replace(timeline, options);
  }

  // Adds the windows that have closed to the timeline, with their answers, and the running one if it is due.
  show({ mood, voice, windows = [], answers = [] }) {
    const running = this.#isDue() ? [this.#start()] : [];
    const { counts, seen, present } = mood;
    this.#timeline.add(
      [...windows, ...running.map((at) => ({ at, counts, probabilities: null, seen, present }))],
      [...answers, ...running.map((at) => ({ at, answers: voice.answers }))],
    );
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
