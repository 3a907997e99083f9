// A WebSocket that the test opens, closes and sends messages to. `FakeWebSocket.all` lists those that were made.
export class FakeWebSocket extends EventTarget {
  static OPEN = 1;
  static all = [];
  readyState = 0;
  sent = [];
  closedWith = null;

  constructor(url) {
    super();
    this.url = url;
    FakeWebSocket.all.push(this);
  }

  send(data) {
    this.sent.push(data);
  }

  close(code = 1005) {
    this.closedWith = code;
  }

  opens() {
    this.readyState = FakeWebSocket.OPEN;
    this.dispatchEvent(new Event("open"));
  }

  receives(data) {
    this.dispatchEvent(Object.assign(new Event("message"), { data }));
  }

  closes(code) {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }
}

globalThis.WebSocket = FakeWebSocket;
