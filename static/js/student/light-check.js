// While a camera is tested, reports its light every second.
const EVERY_MS = 1_000;

export class LightCheck {
  #picture;
  #onLight;
  #timer = null;

  // `picture`: a LivePicture. onLight(light): see lightOf.
  constructor(picture, onLight) {
    this.#picture = picture;
    this.#onLight = onLight;
  }

  start() {
    this.stop();
    this.#timer = setTimeout(() => this.#look(), EVERY_MS);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #look() {
    const timer = this.#timer;
    const image = await this.#picture.grab().catch(() => null); // without a picture the view says so
    image?.close?.();
    if (timer !== this.#timer) return;
    if (image) this.#onLight(this.#picture.light);
    this.start();
  }
}
