// What the student says: four answers and a hand. Shown as pressed at once, and sent until the server has confirmed it.
import { ResponsesView } from "./responses-view.js";

// The server takes sixty commands a minute; whoever presses more often is heard with her latest.
const SEND_EVERY_MS = 2500;
// What was pressed without a connection says nothing any more after this long.
const WAITS_MS = 60_000;

export class Responses {
  #socket;
  #view;
  #isReady = false;
  #answer = null;
  #isUp = false;
  #wanted = { say: null, hand: null };
  #skewMs = 0;
  #sentAt = -Infinity;
  #sending = null;
  #expiry = null;

  constructor(root, socket) {
    this.#socket = socket;
    this.#view = new ResponsesView(root, {
      onAnswer: (answer) => this.#want("say", { type: "say", answer }),
      onHand: () => this.#want("hand", { type: "hand", up: !this.#shownUp }),
    });
  }

  // The server says what holds; what it has not heard yet is sent again.
  welcome({ said, hand_up, now }) {
    this.#skewMs = now * 1000 - Date.now();
    this.#isReady = true;
    for (const [kind, wanted] of Object.entries(this.#wanted)) {
      if (wanted && performance.now() - wanted.at > WAITS_MS) this.#wanted[kind] = null;
      else if (wanted) wanted.isSent = false;
    }
    this.#hold(said);
    this.#isUp = hand_up;
    this.#show();
    this.#send();
  }

  said(message) {
    if (this.#wanted.say?.message.answer === message.answer) this.#wanted.say = null;
    this.#hold(message);
    this.#show();
  }

  hand({ up }) {
    if (this.#wanted.hand?.message.up === up) this.#wanted.hand = null;
    else if (this.#isUp && !up) this.#view.tellLowered();
    this.#isUp = up;
    this.#show();
  }

  // The server could not store it just now; it is tried again.
  refused({ code }) {
    if (code !== "unavailable") return;
    for (const wanted of Object.values(this.#wanted)) if (wanted) wanted.isSent = false;
    this.#send();
  }

  connectionChanged(state) {
    if (state !== "open") this.#isReady = false;
    this.#show();
  }

  get #shownUp() {
    return this.#wanted.hand?.message.up ?? this.#isUp;
  }

  #want(kind, message) {
    this.#wanted[kind] = { message, isSent: false, at: performance.now() };
    this.#show();
    this.#send();
  }

  #send() {
    if (!this.#isReady || this.#sending !== null) return;
    const waiting = Object.values(this.#wanted).filter((wanted) => wanted && !wanted.isSent);
    if (!waiting.length) return;
    const wait = this.#sentAt + SEND_EVERY_MS - performance.now();
    if (wait > 0) {
      this.#sending = setTimeout(() => {
        this.#sending = null;
        this.#send();
      }, wait);
      return;
    }
    this.#sentAt = performance.now();
    for (const wanted of waiting) {
      wanted.isSent = true;
      this.#socket.send(wanted.message);
    }
  }

  #hold(said) {
    clearTimeout(this.#expiry);
    this.#answer = said?.answer ? said : null;
    if (!this.#answer) return;
    const left = said.holds_until * 1000 - this.#skewMs - Date.now();
    this.#expiry = setTimeout(
      () => {
        this.#answer = null;
        this.#show();
      },
      Math.max(0, left),
    );
  }

  #show() {
    const { say } = this.#wanted;
    const until = this.#answer && this.#answer.holds_until - this.#skewMs / 1000;
    this.#view.show({
      answer: say ? say.message.answer : (this.#answer?.answer ?? null),
      until: say ? null : until,
      isUp: this.#shownUp,
      isWaiting: Object.values(this.#wanted).some(Boolean),
      isAway: !this.#isReady,
    });
  }
}
