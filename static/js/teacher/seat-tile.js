// One student: an expression where one was read, else the state; what she says; and the trend of the last readings.
import { answerWord } from "../lib/answers.js";
import { band, glyph, letter, showGlyph, word } from "../lib/expressions.js";
import { el, icon, setData, setText } from "../lib/dom.js";
import { UNCERTAIN_BRIEFLY } from "../lib/texts.js";
import { Sparkline } from "./sparkline.js";
import { SAYS, STATE_WORDS } from "./texts.js";

export class SeatTile {
  constructor(data) {
    this.data = null;
    this.shape = glyph("neutral");
    this.stateIcon = icon(data.state);
    this.name = el("button", { class: "tile__open", type: "button", tabindex: "-1" });
    this.letter = el("span", { class: "tile__letter", "aria-hidden": "true" });
    this.voice = el("span", { class: "tile__voice", hidden: "" });
    this.word = el("span", { class: "tile__word" });
    this.band = el("span", { class: "tile__band" });
    this.hand = el(
      "span",
      { class: "tile__hand", hidden: "" },
      icon("hand"),
      el("span", { class: "visually-hidden" }, SAYS.handUp),
    );
    this.says = el("span", { class: "tile__says", hidden: "" });
    this.trend = new Sparkline();
    this.element = el(
      "li",
      { class: "tile", "data-testid": "tile", "data-student-id": data.id },
      el("span", { class: "tile__mark" }, this.shape, this.stateIcon, this.letter),
      el("span", { class: "tile__text" }, el("span", { class: "tile__name" }, this.name), this.word),
      this.voice,
      el("span", { class: "tile__foot" }, this.trend.element, this.band),
    );
    this.voice.append(this.hand, this.says);
    this.update(data);
  }

  update(newer) {
    const data = this.data ? newest(this.data, newer) : newer;
    this.data = data;
    this.#showVoice(data);
    setData(this.element, "state", data.state);
    if (this.name.textContent !== data.name) {
      this.name.textContent = data.name;
      this.name.title = data.name;
    }
    if (data.state === "seen" && data.expression) this.#showReading(data);
    else this.#showState(data);
    this.trend.show(data.trend);
  }

  #showReading({ expression, confidence }) {
    setData(this.element, "expression", expression);
    showGlyph(this.shape, expression);
    setText(this.letter, letter(expression));
    setText(this.word, word(expression));
    setText(this.band, band(confidence));
  }

  #showState({ state, uncertain }) {
    setData(this.element, "expression", null);
    this.stateIcon.firstElementChild.setAttribute("href", `#icon-${state}`);
    setText(this.word, STATE_WORDS[state]);
    setText(this.band, state === "uncertain" ? UNCERTAIN_BRIEFLY[uncertain] : "");
  }

  #showVoice({ hand_since, says }) {
    this.hand.hidden = hand_since === null;
    this.says.hidden = says === null;
    this.voice.hidden = hand_since === null && says === null;
    setData(this.says, "answer", says?.answer ?? null);
    if (says && this.says.dataset.shown !== says.answer)
      this.says.replaceChildren(icon(says.answer), answerWord(says.answer));
    setData(this.says, "shown", says?.answer ?? null);
  }
}

// What is older than what is shown is ignored: what was read of a student, and what she says, each with its own time.
function newest(shown, newer) {
  const { says, hand_since, heard } = newer.heard < shown.heard ? shown : newer;
  return { ...(newer.updated < shown.updated ? shown : newer), says, hand_since, heard };
}
