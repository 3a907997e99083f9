// One student: an expression where one was read, else the state; and the trend of the last readings.
import { band, glyph, percent, showGlyph, word } from "../lib/expressions.js";
import { el, icon, setData, setText } from "../lib/dom.js";
import { UNCERTAIN_BRIEFLY } from "../lib/texts.js";
import { Sparkline } from "./sparkline.js";
import { STATE_WORDS } from "./texts.js";

export class SeatTile {
  constructor(data) {
    this.data = null;
    this.shape = glyph("neutral");
    this.stateIcon = icon(data.state);
    this.name = el("span", { class: "tile__name" });
    this.word = el("span", { class: "tile__word" });
    this.band = el("span", { class: "tile__band" });
    this.trend = new Sparkline();
    this.element = el(
      "li",
      { class: "tile", "data-testid": "tile", "data-student-id": data.id },
      el("span", { class: "tile__mark" }, this.shape, this.stateIcon),
      el("span", { class: "tile__text" }, this.name, this.word),
      el("span", { class: "tile__foot" }, this.trend.element, this.band),
    );
    this.update(data);
  }

  // A tile older than the one shown is ignored.
  update(data) {
    if (this.data && data.updated < this.data.updated) return;
    this.data = data;
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
    setText(this.word, word(expression));
    setText(this.band, `${band(confidence)}, ${percent(confidence)}`);
  }

  #showState({ state, uncertain }) {
    setData(this.element, "expression", null);
    this.stateIcon.firstElementChild.setAttribute("href", `#icon-${state}`);
    setText(this.word, STATE_WORDS[state]);
    setText(this.band, state === "uncertain" ? UNCERTAIN_BRIEFLY[uncertain] : "");
  }
}
