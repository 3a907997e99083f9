// The teacher's question how the class is going, which stands until the student answers it or an answer would expire.
const STANDS_MS = 180_000;

export class Ask {
  #onOver;
  #at = null;
  #end = null;

  // onOver(): nobody answered in time.
  constructor(onOver) {
    this.#onOver = onOver;
  }

  // When the teacher asked, in seconds since 1970 on the server's clock, or null.
  get at() {
    return this.#at;
  }

  // `ageMs`: how long ago that was.
  start(at, ageMs) {
    this.stop();
    this.#at = at;
    this.#end = setTimeout(
      () => {
        this.stop();
        this.#onOver();
      },
      Math.max(0, STANDS_MS - ageMs),
    );
  }

  stop() {
    clearTimeout(this.#end);
    this.#at = null;
  }

  // `said`: the student's confirmed answer, or null.
  isAnsweredBy(said) {
    return this.#at === null || said?.at >= this.#at;
  }
}
