// Notices that nothing was heard for too long.
export class Silence {
  #ms;
  #onSilence;
  #timer = null;

  constructor(ms, onSilence) {
    this.#ms = ms;
    this.#onSilence = onSilence;
  }

  heard() {
    this.stop();
    this.#timer = setTimeout(this.#onSilence, this.#ms);
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
