// One student's tile: the expression if one was read, or else the state; the student's responses; the recent trend.
import { answerLabel } from "../lib/answers.js";
import { el, setData, setText } from "../lib/dom.js";
import { confidenceLabel, expressionLabel, expressionLetter } from "../lib/expressions.js";
import { glyph, icon, showGlyph, showIcon } from "../lib/icons.js";
import { UNCERTAIN_REASONS_SHORT } from "../lib/texts.js";
import { ALERTS } from "./alert-texts.js";
import { Sparkline } from "./sparkline.js";
import { RESPONSES, STATE_LABELS } from "./texts.js";
import { mergeTile } from "./tile-data.js";

export class SeatTile {
  data = null;
  // The number of the last update that changed it.
  changedIn = 0;
  #shape = glyph("neutral");
  #stateIcon;
  #name = el("button", { class: "tile__open", type: "button", tabindex: "-1" });
  #letter = el("span", { class: "tile__letter", "aria-hidden": "true" });
  #label = el("span", { class: "tile__label" });
  #detail = el("span", { class: "tile__detail" });
  #responses = el("span", { class: "tile__feedback", hidden: "" });
  #hand = el("span", { class: "tile__hand", hidden: "" }, icon("hand"));
  #answer = el("span", { class: "tile__answer", hidden: "" });
  // Shown to screen readers while the tile is marked.
  #alert = el("span", { class: "tile__alert visually-hidden" }, ALERTS.mark);
  #trend = new Sparkline();

  constructor(data) {
    this.#stateIcon = icon(data.state);
    const [label, foot] = [`tile-${data.id}-label`, `tile-${data.id}-foot`];
    // Arrow keys lead from name to name, and a screen reader adds this.
    this.#name.setAttribute("aria-describedby", `${label} ${foot}`);
    this.#label.setAttribute("id", label);
    this.#hand.append(el("span", { class: "visually-hidden" }, RESPONSES.handUp));
    this.#responses.append(this.#hand, this.#answer);
    this.element = el(
      "li",
      { class: "tile", "data-testid": "tile", "data-student-id": data.id },
      el("span", { class: "tile__mark" }, this.#shape, this.#stateIcon, this.#letter),
      el("span", { class: "tile__text" }, el("span", { class: "tile__name" }, this.#name), this.#label),
      el("span", { class: "tile__foot", id: foot }, this.#responses, this.#trend.element, this.#detail, this.#alert),
    );
    this.show(data);
  }

  // The seat in words, for when it is too small to show them.
  get description() {
    const answer = this.#answer.hidden ? null : this.#answer.textContent;
    const parts = [this.data.name, this.#label.textContent, this.#hand.hidden ? null : RESPONSES.handUp, answer];
    return parts.filter(Boolean).join(" · ");
  }

  // Changes may come out of order.
  update(newer) {
    this.show(mergeTile(this.data, newer));
  }

  show(data) {
    this.data = data;
    this.#showResponses(data);
    setData(this.element, "state", data.state);
    if (this.#name.textContent !== data.name) {
      this.#name.textContent = data.name;
      this.#name.title = data.name;
    }
    if (data.state === "seen" && data.expression) this.#showReading(data);
    else this.#showState(data);
    this.#trend.show(data.trend);
  }

  #showReading({ expression, confidence }) {
    setData(this.element, "expression", expression);
    showGlyph(this.#shape, expression);
    setText(this.#letter, expressionLetter(expression));
    setText(this.#label, expressionLabel(expression));
    setText(this.#detail, confidenceLabel(confidence));
  }

  #showState({ state, uncertain }) {
    setData(this.element, "expression", null);
    showIcon(this.#stateIcon, state);
    setText(this.#label, STATE_LABELS[state]);
    setText(this.#detail, state === "uncertain" ? UNCERTAIN_REASONS_SHORT[uncertain] : "");
  }

  #showResponses({ hand_since, says }) {
    const answer = says?.answer ?? null;
    this.#hand.hidden = hand_since === null;
    this.#answer.hidden = answer === null;
    this.#responses.hidden = this.#hand.hidden && this.#answer.hidden;
    if (answer && this.#answer.dataset.answer !== answer) {
      this.#answer.replaceChildren(icon(answer), answerLabel(answer));
    }
    setData(this.#answer, "answer", answer);
  }
}
