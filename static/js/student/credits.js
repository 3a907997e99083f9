// Answers each of the server's credits with one frame. Nothing is queued: a credit that cannot be answered is let go.
import { frameSource } from "./frames.js";
import { encodeJpeg, snapshotMessage } from "./snapshot.js";

export class CreditAnswerer {
  maxBytes = Infinity;
  #socket;
  #source = null;
  #isBusy = false;

  constructor(socket) {
    this.#socket = socket;
  }

  start(track, video) {
    this.stop();
    this.#source = frameSource(track, video);
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
      const message = await snapshotFrom(source, credit, this.maxBytes);
      // A credit belongs to its connection, and a paused camera sends nothing more.
      if (message && source === this.#source && connection === this.#socket.connection) this.#socket.send(message);
    } catch {
      // No frame: the credit expires on the server, and the next one comes by itself.
    } finally {
      this.#isBusy = false;
    }
  }
}

async function snapshotFrom(source, credit, maxBytes) {
  const image = await source.grab();
  const capturedAt = performance.now();
  try {
    const jpeg = await encodeJpeg(image, { width: credit.width, quality: credit.quality, maxBytes });
    return jpeg && (await snapshotMessage(credit.seq, capturedAt, jpeg));
  } finally {
    image.close?.();
  }
}
