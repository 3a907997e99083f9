// A WebSocket that reconnects by itself, unless the server closed it for a reason that another attempt cannot change.
import { Backoff } from "./backoff.js";
import { IdleTimer } from "./idle-timer.js";

// A connection that lasted longer counts as stable: the next loss starts from the shortest delay again.
const STABLE_MS = 10_000;
// A proxy may swallow the handshake, and the machine of a stopped server accepts connections that it never answers.
const OPENING_MS = 8_000;
// A connection can die silently. After this long without a message, the page asks the server for one, and drops the
// connection if none comes in time: together well below 20 seconds.
const QUIET_MS = 5_000;
const ANSWER_MS = 10_000;
const FINAL_CODES = new Set([1000, 4400, 4401, 4403, 4404, 4409, 4410, 4429]);

export class LiveSocket {
  #path;
  #handlers;
  #socket = null;
  #backoff = new Backoff();
  #timer = null;
  #openedAt = null;
  #finished = false;
  #failures = 0;
  #hasHeard = false;
  #opening = new IdleTimer(OPENING_MS, () => this.reconnect());
  #quiet = new IdleTimer(QUIET_MS, () => this.#probe());
  #answer = new IdleTimer(ANSWER_MS, () => this.reconnect());

  // handlers: onState("connecting" | "open" | "lost" | "closed"), onMessage(object), onFinal(closeCode)
  constructor(path, handlers) {
    this.#path = path;
    this.#handlers = handlers;
    window.addEventListener("online", () => this.retryNow());
    window.addEventListener("offline", () => this.reconnect());
    document.addEventListener("visibilitychange", () => document.hidden || this.#onShown());
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  // How many connections in a row brought no message, because the server is down or the network blocks WebSockets.
  get failures() {
    return this.#failures;
  }

  // Identifies the connection: a request that came over one must not be answered over the next.
  get connection() {
    return this.#socket;
  }

  open() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#finished = false;
    this.#handlers.onState(this.#backoff.attempts ? "lost" : "connecting");
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${this.#path}`);
    this.#socket = socket;
    this.#hasHeard = false;
    this.#opening.restart();
    socket.addEventListener("open", () => this.#onOpen(socket));
    socket.addEventListener("message", (event) => this.#onMessage(socket, event));
    socket.addEventListener("close", (event) => this.#onClose(socket, event.code));
  }

  send(data) {
    if (!this.isOpen) return;
    this.#socket.send(data instanceof Blob || data instanceof ArrayBuffer ? data : JSON.stringify(data));
  }

  // Ends the wait for the next attempt.
  retryNow() {
    if (this.#timer !== null) this.open();
  }

  // Drops a dead connection. It counts as lost at once, since its closing handshake may never finish.
  reconnect() {
    const socket = this.#socket;
    if (!socket) return;
    this.#onClose(socket, 1006);
    socket.close();
  }

  close() {
    this.#finished = true;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#stopWatching();
    this.#socket?.close(1000);
    this.#socket = null;
    this.#handlers.onState("closed");
  }

  #onOpen(socket) {
    if (socket !== this.#socket) return;
    this.#openedAt = performance.now();
    this.#opening.stop();
    this.#quiet.restart();
    this.#handlers.onState("open");
  }

  #onMessage(socket, event) {
    if (socket !== this.#socket) return;
    this.#failures = 0;
    this.#hasHeard = true;
    this.#answer.stop();
    this.#quiet.restart();
    this.#handlers.onMessage(JSON.parse(event.data));
  }

  #onClose(socket, code) {
    if (socket !== this.#socket || this.#finished) return;
    this.#socket = null;
    this.#stopWatching();
    if (FINAL_CODES.has(code)) {
      this.#finished = true;
      this.#handlers.onState("closed");
      this.#handlers.onFinal(code);
      return;
    }
    if (this.#openedAt !== null && performance.now() - this.#openedAt > STABLE_MS) this.#backoff.reset();
    this.#openedAt = null;
    if (!this.#hasHeard) this.#failures += 1;
    this.#handlers.onState("lost");
    this.#timer = setTimeout(() => this.open(), this.#backoff.nextDelay());
  }

  #probe() {
    if (!this.isOpen) return;
    this.#quiet.stop();
    this.#answer.restart();
    this.send({ type: "ping" });
  }

  #stopWatching() {
    for (const timer of [this.#opening, this.#quiet, this.#answer]) timer.stop();
  }

  // The machine may have slept, or a hidden tab's timers may come late.
  #onShown() {
    this.retryNow();
    this.#probe();
  }
}
