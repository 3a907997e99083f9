// Asking the class how it is going: the button, and how many have answered since.
import { setData, setText } from "../lib/dom.js";
import { send } from "../lib/requests.js";
import { shortClockTime } from "../lib/time.js";
import { RESPONSES } from "./texts.js";

// The server takes another ask within this time for the same one.
const AGAIN_MS = 60_000;

export class AskPanel {
  #url;
  #button;
  #line;
  #announcement;
  #clockAheadMs = 0;
  #isFirst = true;
  #askedAt = null;
  #text = "";
  #problem = "";
  #rest = null;

  constructor(card) {
    this.#url = card.dataset.askUrl;
    this.#button = card.querySelector("[data-ask]");
    this.#line = card.querySelector("[data-asked]");
    this.#announcement = card.querySelector("[data-announcement]");
    this.#button.addEventListener("click", () => this.#ask());
  }

  // `now`: the time on the server's clock.
  setClock(now) {
    this.#clockAheadMs = now * 1000 - Date.now();
    if (this.#askedAt !== null) this.#restAfter(this.#askedAt);
  }

  show({ asked, present }) {
    this.#text = asked ? RESPONSES.asked(shortClockTime(asked.at), asked.answered, present) : "";
    if (asked && asked.at !== this.#askedAt) this.#noteAsk(asked.at);
    this.#showLine();
    this.#isFirst = false;
  }

  // The class has ended.
  stop() {
    clearTimeout(this.#rest);
    this.#button.hidden = true;
    this.#text = this.#problem = "";
    this.#showLine();
  }

  async #ask() {
    if (this.#isResting) return;
    this.#setResting(true);
    this.#problem = "";
    this.#showLine();
    const before = this.#askedAt;
    try {
      const { asked_at: at } = await send("POST", this.#url);
      this.#restAfter(at);
    } catch {
      // The class was asked and only the answer was lost, or it has ended meanwhile.
      if (this.#askedAt !== before || this.#button.hidden) return;
      this.#setResting(false);
      this.#problem = RESPONSES.notAsked;
      this.#showLine();
      this.#announcement.textContent = this.#problem;
    }
  }

  // Only the ask is announced, not each count, and not one from before the page was opened.
  #noteAsk(at) {
    this.#askedAt = at;
    this.#problem = "";
    if (!this.#isFirst) this.#announcement.textContent = this.#text;
    this.#restAfter(at);
  }

  #restAfter(at) {
    clearTimeout(this.#rest);
    const remainingMs = at * 1000 + AGAIN_MS - (Date.now() + this.#clockAheadMs);
    this.#setResting(remainingMs > 0);
    this.#rest = setTimeout(() => this.#setResting(false), Math.min(remainingMs, AGAIN_MS));
  }

  #showLine() {
    setText(this.#line, this.#problem || this.#text);
    setData(this.#line, "problem", this.#problem ? "yes" : null);
  }

  get #isResting() {
    return this.#button.ariaDisabled === "true";
  }

  // Not `disabled`, which would take the focus from who has just pressed it.
  #setResting(isResting) {
    this.#button.ariaDisabled = String(isResting);
  }
}
