// A page's connection to its class: a socket, or HTTP requests every few seconds while no socket can be opened. Schools
// block WebSockets, and a class should not depend on them.
import { LiveSocket } from "./live-socket.js";
import { Poller } from "./poller.js";

const POLL_MS = 5_000;

export class Connection {
  #socket;
  #poller;
  #handlers;
  // True if the last request was answered; and how many attempts to open a socket failed before the first answer.
  #isPolling = false;
  #failuresBefore = null;
  #isBlocked = false;

  // handlers:
  // onState("connecting" | "open" | "lost" | "polling" | "closed")
  // onMessage(object): from the socket
  // onFinal(closeCode)
  // poll(): resolves to whether the server answered
  // onBlocked(isBlocked): whether the network lets HTTP through but no WebSockets
  constructor(path, handlers) {
    this.#handlers = handlers;
    this.#socket = new LiveSocket(path, {
      onState: (state) => this.#onState(state),
      onMessage: (message) => this.#onMessage(message),
      onFinal: handlers.onFinal,
    });
    this.#poller = new Poller(POLL_MS, () => this.#poll());
  }

  get isOpen() {
    return this.#socket.isOpen;
  }

  // True while the page polls because no socket brings messages, even if no poll has been answered yet.
  get needsPolls() {
    return this.#poller.isRunning;
  }

  get isPolling() {
    return this.#isPolling;
  }

  get connection() {
    return this.#socket.connection;
  }

  open() {
    this.#socket.open();
  }

  send(data) {
    this.#socket.send(data);
  }

  close() {
    this.#stopPolling();
    this.#socket.close();
  }

  #onMessage(message) {
    this.#stopPolling();
    this.#handlers.onMessage(message);
  }

  #onState(state) {
    if (state === "closed") this.#stopPolling();
    if (state === "lost" && this.#socket.failures > 0) this.#poller.start();
    // While requests are answered, further attempts to open a socket do not change what the page shows.
    if (this.#isPolling) this.#showBlocked();
    else this.#handlers.onState(state);
  }

  async #poll() {
    const isAnswered = await this.#handlers.poll();
    if (!this.#poller.isRunning) return;
    const wasPolling = this.#isPolling;
    this.#isPolling = isAnswered;
    if (isAnswered !== wasPolling) this.#handlers.onState(isAnswered ? "polling" : "lost");
    if (isAnswered && this.#failuresBefore === null) {
      this.#failuresBefore = this.#socket.failures;
      // If the server was down, a socket opens now that it answers. If none opens, the network blocks it.
      this.#socket.retryNow();
    }
    if (!isAnswered) this.#failuresBefore = null;
    this.#showBlocked();
  }

  #showBlocked() {
    const isBlocked = this.#isPolling && this.#socket.failures > this.#failuresBefore;
    if (isBlocked === this.#isBlocked) return;
    this.#isBlocked = isBlocked;
    this.#handlers.onBlocked(isBlocked);
  }

  #stopPolling() {
    if (!this.#poller.isRunning) return;
    this.#poller.stop();
    this.#isPolling = false;
    this.#failuresBefore = null;
    this.#showBlocked();
    if (this.#socket.isOpen) this.#handlers.onState("open");
  }
}
