// A WebSocket that comes back by itself, unless the server closed it for a reason that trying again cannot change.
const FIRST_DELAY_MS = 800;
const LONGEST_DELAY_MS = 30_000;
// After this long a connection counts as good, and the next loss starts from the shortest delay again.
const SETTLED_MS = 10_000;
const FINAL_CODES = new Set([1000, 4400, 4401, 4403, 4404, 4409, 4410, 4429]);

export class LiveSocket {
  #path;
  #handlers;
  #socket = null;
  #attempt = 0;
  #timer = null;
  #openedAt = null;
  #finished = false;

  // handlers: onState("connecting" | "open" | "lost" | "closed"), onMessage(object), onFinal(closeCode)
  constructor(path, handlers) {
    this.#path = path;
    this.#handlers = handlers;
    window.addEventListener("online", () => this.#retryNow());
    window.addEventListener("offline", () => this.reconnect());
    document.addEventListener("visibilitychange", () => document.hidden || this.#retryNow());
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  // Changes with each connection: what was asked for over an older one must not be answered over this one.
  get connection() {
    return this.#socket;
  }

  open() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#finished = false;
    this.#handlers.onState(this.#attempt ? "lost" : "connecting");
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${this.#path}`);
    this.#socket = socket;
    socket.addEventListener("open", () => this.#opened(socket));
    socket.addEventListener("message", (event) => this.#received(socket, event));
    socket.addEventListener("close", (event) => this.#closed(socket, event.code));
  }

  send(data) {
    if (this.isOpen)
      this.#socket.send(data instanceof Blob || data instanceof ArrayBuffer ? data : JSON.stringify(data));
  }

  // Give a connection up that has died. Its closing handshake would take its time, so it counts as lost at once.
  reconnect() {
    const socket = this.#socket;
    if (!socket) return;
    this.#closed(socket, 1006);
    socket.close();
  }

  close() {
    this.#finished = true;
    clearTimeout(this.#timer);
    this.#socket?.close(1000);
    this.#socket = null;
    this.#handlers.onState("closed");
  }

  #opened(socket) {
    if (socket !== this.#socket) return;
    this.#openedAt = performance.now();
    this.#handlers.onState("open");
  }

  #received(socket, event) {
    if (socket === this.#socket) this.#handlers.onMessage(JSON.parse(event.data));
  }

  #closed(socket, code) {
    if (socket !== this.#socket || this.#finished) return;
    this.#socket = null;
    if (FINAL_CODES.has(code)) {
      this.#finished = true;
      this.#handlers.onState("closed");
      this.#handlers.onFinal(code);
      return;
    }
    if (this.#openedAt !== null && performance.now() - this.#openedAt > SETTLED_MS) this.#attempt = 0;
    this.#openedAt = null;
    this.#handlers.onState("lost");
    const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#attempt);
    this.#attempt += 1;
    // Jitter: a class that lost its server together must not come back together.
    this.#timer = setTimeout(() => this.open(), longest * (0.5 + Math.random() / 2));
  }

  #retryNow() {
    if (this.#timer !== null) this.open();
  }
}
