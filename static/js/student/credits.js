// Answers each of the server's credits with one frame. Nothing is queued: a credit that cannot be answered expires.
import { encodeJpeg, packSnapshot } from "./snapshot.js";

export class CreditAnswerer {
  maxBytes = Infinity;
  #socket;
  #source = null;
  #isBusy = false;

  constructor(socket) {
    this.#socket = socket;
  }

  // `source`: see openFrameSource.
  start(source) {
    this.stop();
    this.#source = source;
  }

  stop() {
    this.#source?.stop();
    this.#source = null;
  }

  async answer(credit) {
    if (!this.#source || this.#isBusy) return;
    this.#isBusy = true;
    const source = this.#source;
    const connection = this.#socket.connection;
    try {
      const snapshot = await takeSnapshot(source, credit, this.maxBytes);
      // A credit is valid on its own connection only, and a paused camera sends nothing more.
      const isValid = source === this.#source && connection === this.#socket.connection;
      if (snapshot && isValid) this.#socket.send(snapshot);
    } catch {
      // No frame: the credit expires on the server, which then grants the next one.
    } finally {
      this.#isBusy = false;
    }
  }
}

async function takeSnapshot(source, { seq, width, quality }, maxBytes) {
  const image = await source.grab();
  const capturedAt = performance.now();
  try {
    const jpeg = await encodeJpeg(image, { width, quality, maxBytes });
    if (!jpeg) return null;
    const bytes = await jpeg.arrayBuffer();
    return packSnapshot(seq, performance.now() - capturedAt, bytes);
  } finally {
    image.close?.();
  }
}
