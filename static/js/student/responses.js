// A student's responses, an answer and a raised hand: they show at once, and are sent until the server confirms them. The
// teacher may have asked for the answer.
import { Ask } from "./ask.js";
import { Outbox } from "./outbox.js";

// The server takes the same answer within this time for the last one again.
const CORRECTION_MS = 5_000;

export class Responses {
  #outbox;
  #ask = new Ask(() => this.#show());
  #onChange;
  #confirmedAnswer = null;
  #isHandUp = false;
  #wasLowered = false;
  #clockSkewMs = 0;
  #expiry = null;

  // onChange({ answer, until, askedAt, isAnswerPending, isHandUp, isHandPending, wasLowered, isConnected }): the state
  // to show. `until` is when a confirmed answer expires, in seconds on this machine's clock, or null. `askedAt` is when the
  // teacher asked, null if they have not or the student has answered since.
  constructor(socket, onChange) {
    this.#outbox = new Outbox(socket);
    this.#onChange = onChange;
  }

  answer(answer) {
    this.#request("say", { message: { type: "say", answer }, askedAt: this.#ask.at });
  }

  toggleHand() {
    this.#wasLowered = false;
    this.#request("hand", { message: { type: "hand", up: !this.#shownHandUp } });
  }

  // The server sends its state. It may confirm what is pending; anything unconfirmed is sent again.
  welcome({ said, hand_up, now, asked_at }) {
    this.#clockSkewMs = now * 1000 - Date.now();
    if (asked_at) this.#noteAsk(asked_at);
    else this.#ask.stop();
    if (this.#isStored(said, now)) this.#outbox.confirm("say");
    this.#noteHand(hand_up);
    this.#outbox.open();
    this.#confirmAnswer(said);
    this.#show();
    this.#outbox.send();
  }

  asked({ at }) {
    this.#noteAsk(at);
    this.#show();
  }

  said(message) {
    if (this.#isPending(message)) this.#outbox.confirm("say");
    this.#confirmAnswer(message);
    this.#show();
  }

  hand({ up }) {
    this.#noteHand(up);
    this.#show();
  }

  // "unavailable": the server could not store it just now, so it is sent again for a while.
  refused({ code }) {
    if (code !== "unavailable") return;
    this.#outbox.sendAgain();
    this.#show();
  }

  connectionChanged(state) {
    if (state !== "open" && state !== "polling") this.#outbox.close();
    // The student is no longer in class: nothing is to be sent or answered, and nobody else lowered the hand.
    if (state === "closed") {
      this.#outbox.clear();
      this.#ask.stop();
      this.#isHandUp = this.#wasLowered = false;
    }
    this.#show();
  }

  get #shownHandUp() {
    return this.#outbox.get("hand")?.message.up ?? this.#isHandUp;
  }

  #request(kind, request) {
    this.#outbox.add(kind, request);
    this.#show();
  }

  #noteAsk(at) {
    this.#ask.start(at, Date.now() + this.#clockSkewMs - at * 1000);
  }

  // Returns whether the server's answer may be the pending one: if the teacher had asked when the student gave it, then an
  // answer from before is another.
  #isPending(said) {
    const { message, askedAt } = this.#outbox.get("say") ?? {};
    return message?.answer === said.answer && !(said.at < askedAt);
  }

  // Returns whether the server's answer is the pending one, and not the same answer from before.
  #isStored(said, now) {
    if (!said || !this.#isPending(said)) return false;
    return 1000 * (now - said.at) <= performance.now() - this.#outbox.get("say").at + CORRECTION_MS;
  }

  // A hand that nobody here lowered was lowered by the teacher.
  #noteHand(up) {
    if (this.#outbox.get("hand")?.message.up === up) this.#outbox.confirm("hand");
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
    const pending = this.#outbox.get("say")?.message;
    const confirmed = pending ? null : this.#confirmedAnswer;
    this.#onChange({
      answer: pending?.answer ?? confirmed?.answer ?? null,
      until: confirmed && confirmed.holds_until - this.#clockSkewMs / 1000,
      askedAt: pending || this.#ask.isAnsweredBy(confirmed) ? null : this.#ask.at,
      isAnswerPending: pending !== undefined,
      isHandUp: this.#shownHandUp,
      isHandPending: this.#outbox.get("hand") !== null,
      wasLowered: this.#wasLowered,
      isConnected: this.#outbox.isOpen,
    });
  }
}
