// Answers the server's credits, each with one frame. The server has one open credit: the newest is the only one that holds.
import { describeFaces } from "./faces/face-message.js";
import { drawFrame, encodeFrame, packSnapshot } from "./snapshot.js";

export class CreditAnswerer {
  maxBytes = Infinity;
  #socket;
  #faces;
  #onSent;
  #onFacesOnly;
  #source = null;
  #frame = null;
  // The newest credit that is not being answered yet, with its connection.
  #credit = null;
  #isBusy = false;

  // `faces`: see FacesOnDevice. onSent({ bytes, isWhole, picture }): what was sent, with the canvas of a face.
  // onFacesOnly(): the course accepts nothing that this browser can send.
  constructor(socket, { faces, onSent, onFacesOnly }) {
    this.#socket = socket;
    this.#faces = faces;
    this.#onSent = onSent;
    this.#onFacesOnly = onFacesOnly;
  }

  // `source`: see openFrameSource.
  start(source) {
    this.stop();
    this.#source = source;
    this.#faces.prepare(); // loads while the camera is being checked
  }

  stop() {
    this.#source?.stop();
    this.#source = null;
    this.#credit = null;
  }

  async answer(credit) {
    if (!this.#source) return;
    this.#credit = { ...credit, connection: this.#socket.connection };
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#credit) await this.#answerNewest();
    this.#isBusy = false;
  }

  async #answerNewest() {
    const source = this.#source;
    let credit = this.#takeCredit();
    // A newer credit means that this one has expired, and a paused camera sends nothing more.
    const isValid = () => !this.#credit && source === this.#source && credit.connection === this.#socket.connection;
    try {
      const find = await this.#faces.prepare(credit.faces_only);
      // Loading takes longer than a credit holds on a slow connection.
      credit = this.#takeCredit() ?? credit;
      if (!isValid()) return;
      if (!find && credit.faces_only) {
        this.#onFacesOnly();
        return;
      }
      const { message, picture } = await this.#takeSnapshot(source, credit, find);
      if (!message || !isValid()) return;
      this.#socket.send(message);
      this.#onSent({ bytes: message.byteLength, isWhole: !find, picture });
    } catch {
      // No frame: the credit expires on the server, which then grants the next one.
    }
  }

  #takeCredit() {
    const credit = this.#credit;
    this.#credit = null;
    return credit;
  }

  async #takeSnapshot(source, { seq, width, quality }, find) {
    const image = await source.grab();
    const capturedAt = performance.now();
    try {
      const frame = drawFrame(image, width, this.#frame);
      this.#frame = frame;
      const { content, picture } = find
        ? await describeFaces(frame, await find(frame), quality)
        : await this.#wholeFrame(frame, quality);
      const message = content && packSnapshot(seq, performance.now() - capturedAt, content);
      return { message, picture };
    } finally {
      image.close?.();
    }
  }

  async #wholeFrame(frame, quality) {
    const jpeg = await encodeFrame(frame, { quality, maxBytes: this.maxBytes });
    return { content: jpeg && (await jpeg.arrayBuffer()), picture: null };
  }
}
