// What the student has done and the server has not confirmed, sent again over each new connection.

// The server accepts sixty commands a minute, so only the latest of several quick presses is sent.
const SEND_EVERY_MS = 2500;
// A response that waited longer, for a connection or for the server to store it, is stale and dropped.
const EXPIRES_MS = 60_000;

export class Outbox {
  #socket;
  #isOpen = false;
  #requests = { say: null, hand: null };
  #sentAt = -Infinity;
  #sending = null;

  constructor(socket) {
    this.#socket = socket;
  }

  get isOpen() {
    return this.#isOpen;
  }

  // The request of the kind that waits for its confirmation, or null: { message, at, … }.
  get(kind) {
    return this.#requests[kind];
  }

  add(kind, request) {
    this.#requests[kind] = { ...request, isSent: false, at: performance.now() };
    this.send();
  }

  confirm(kind) {
    this.#requests[kind] = null;
  }

  // The server listens: everything that it has not confirmed will be sent.
  open() {
    this.#isOpen = true;
    this.#dropStale();
    this.#markUnsent();
  }

  close() {
    this.#isOpen = false;
  }

  clear() {
    this.#requests = { say: null, hand: null };
  }

  sendAgain() {
    this.#dropStale();
    this.#markUnsent();
    this.send();
  }

  send() {
    if (!this.#isOpen || this.#sending !== null) return;
    const unsent = this.#all.filter(({ isSent }) => !isSent);
    if (!unsent.length) return;
    const wait = this.#sentAt + SEND_EVERY_MS - performance.now();
    if (wait > 0) {
      this.#sending = setTimeout(() => {
        this.#sending = null;
        this.send();
      }, wait);
      return;
    }
    this.#sentAt = performance.now();
    for (const request of unsent) {
      request.isSent = true;
      this.#socket.send(request.message);
    }
  }

  get #all() {
    return Object.values(this.#requests).filter(Boolean);
  }

  #dropStale() {
    for (const [kind, request] of Object.entries(this.#requests)) {
      if (request && performance.now() - request.at > EXPIRES_MS) this.#requests[kind] = null;
    }
  }

  #markUnsent() {
    for (const request of this.#all) request.isSent = false;
  }
}
