// A student's responses, an answer and a raised hand: they show at once, and are sent until the server confirms them.

// The server accepts sixty commands a minute, so only the latest of several quick presses is sent.
const SEND_EVERY_MS = 2500;
// A response that waited longer for a connection is stale and dropped.
const EXPIRES_MS = 60_000;
// The server takes the same answer within this time for the last one again.
const CORRECTION_MS = 5_000;

export class Responses {
  #socket;
  #onChange;
  #isReady = false;
  #confirmedAnswer = null;
  #isHandUp = false;
  #wasLowered = false;
  #pending = { say: null, hand: null };
  #clockSkewMs = 0;
  #sentAt = -Infinity;
  #sending = null;
  #expiry = null;

  // onChange({ answer, until, isAnswerPending, isHandUp, isHandPending, wasLowered, isConnected }): the state to show.
  // `until` is when a confirmed answer expires, in seconds on this machine's clock, or null.
  constructor(socket, onChange) {
    this.#socket = socket;
    this.#onChange = onChange;
  }

  answer(answer) {
    this.#request("say", { type: "say", answer });
  }

  toggleHand() {
    this.#wasLowered = false;
    this.#request("hand", { type: "hand", up: !this.#shownHandUp });
  }

  // The server sends its state. It may confirm what is pending; anything unconfirmed is sent again.
  welcome({ said, hand_up, now }) {
    this.#clockSkewMs = now * 1000 - Date.now();
    this.#isReady = true;
    if (this.#isStored(said, now)) this.#pending.say = null;
    this.#noteHand(hand_up);
    for (const [kind, request] of Object.entries(this.#pending)) {
      if (!request) continue;
      if (performance.now() - request.at > EXPIRES_MS) this.#pending[kind] = null;
      else request.isSent = false;
    }
    this.#confirmAnswer(said);
    this.#show();
    this.#send();
  }

  said(message) {
    if (this.#pending.say?.message.answer === message.answer) this.#pending.say = null;
    this.#confirmAnswer(message);
    this.#show();
  }

  hand({ up }) {
    this.#noteHand(up);
    this.#show();
  }

  // "unavailable": the server could not store it just now, so it is sent again.
  refused({ code }) {
    if (code !== "unavailable") return;
    for (const request of this.#requests) request.isSent = false;
    this.#send();
  }

  connectionChanged(state) {
    if (state !== "open" && state !== "polling") this.#isReady = false;
    // The student is no longer in class: nothing is to be sent, and nobody else lowered the hand.
    if (state === "closed") {
      this.#pending = { say: null, hand: null };
      this.#isHandUp = this.#wasLowered = false;
    }
    this.#show();
  }

  get #requests() {
    return Object.values(this.#pending).filter(Boolean);
  }

  get #shownHandUp() {
    return this.#pending.hand?.message.up ?? this.#isHandUp;
  }

  #request(kind, message) {
    this.#pending[kind] = { message, isSent: false, at: performance.now() };
    this.#show();
    this.#send();
  }

  #send() {
    if (!this.#isReady || this.#sending !== null) return;
    const unsent = this.#requests.filter(({ isSent }) => !isSent);
    if (!unsent.length) return;
    const wait = this.#sentAt + SEND_EVERY_MS - performance.now();
    if (wait > 0) {
      this.#sending = setTimeout(() => {
        this.#sending = null;
        this.#send();
      }, wait);
      return;
    }
    this.#sentAt = performance.now();
    for (const request of unsent) {
      request.isSent = true;
      this.#socket.send(request.message);
    }
  }

  // Returns whether the server's answer is the pending one, and not the same answer from before.
  #isStored(said, now) {
    const { message, at } = this.#pending.say ?? {};
    return said && message?.answer === said.answer && 1000 * (now - said.at) <= performance.now() - at + CORRECTION_MS;
  }

  // A hand that nobody here lowered was lowered by the teacher.
  #noteHand(up) {
    if (this.#pending.hand?.message.up === up) this.#pending.hand = null;
    else if (this.#isHandUp && !up) this.#wasLowered = true;
    this.#isHandUp = up;
  }

  #confirmAnswer(said) {
    clearTimeout(this.#expiry);
    this.#confirmedAnswer = said?.answer ? said : null;
    if (!this.#confirmedAnswer) return;
    const remainingMs = said.holds_until * 1000 - this.#clockSkewMs - Date.now();
    this.#expiry = setTimeout(() => this.said({ answer: null }), Math.max(0, remainingMs));
  }

  #show() {
    const pending = this.#pending.say?.message;
    const confirmed = pending ? null : this.#confirmedAnswer;
    this.#onChange({
      answer: pending?.answer ?? confirmed?.answer ?? null,
      until: confirmed && confirmed.holds_until - this.#clockSkewMs / 1000,
      isAnswerPending: this.#pending.say !== null,
      isHandUp: this.#shownHandUp,
      isHandPending: this.#pending.hand !== null,
      wasLowered: this.#wasLowered,
      isConnected: this.#isReady,
    });
  }
}
