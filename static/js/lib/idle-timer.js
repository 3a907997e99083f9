// Calls back once nothing has happened for a given time.
export class IdleTimer {
  #ms;
  #onIdle;
  #timer = null;

  constructor(ms, onIdle) {
    this.#ms = ms;
    this.#onIdle = onIdle;
  }

  restart() {
    this.stop();
    this.#timer = setTimeout(this.#onIdle, this.#ms);
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
