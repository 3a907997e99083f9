// The student's own reading: the expression, the seven probabilities and the box around the face.
import { el, setData, setText } from "../lib/dom.js";
import { EXPRESSIONS, confidenceLabel, expressionLabel, percent } from "../lib/expressions.js";
import { glyph, showGlyph } from "../lib/icons.js";
import { UNCERTAIN_REASONS } from "../lib/texts.js";
import { DETAIL } from "./texts.js";

export class ReadingView {
  constructor(root) {
    this.own = root.querySelector("[data-part=reading]");
    this.shape = glyph("neutral");
    this.own.querySelector("[data-shape]").append(this.shape);
    this.word = this.own.querySelector("[data-word]");
    this.band = this.own.querySelector("[data-band]");
    this.box = root.querySelector("[data-part=box]");
    this.bars = new Map(EXPRESSIONS.map((name) => [name, buildBar(name)]));
    const list = root.querySelector("[data-part=bars]");
    list.append(...[...this.bars.values()].map((bar) => bar.item));
    this.list = list;
  }

  show({ expression, confidence, probabilities, box }) {
    setData(this.own, "expression", expression);
    showGlyph(this.shape, expression);
    setText(this.word, expressionLabel(expression));
    setText(this.band, `${confidenceLabel(confidence)}, ${percent(confidence)}`);
    this.#showBars(probabilities);
    this.#showBox(box, expression);
  }

  // There is a face but no certain expression, so the probabilities are shown without a label.
  showUncertain(text, { probabilities, box }) {
    this.blank(text);
    this.#showBars(probabilities);
    this.#showBox(box, null);
  }

  blank(text) {
    setData(this.own, "expression", null);
    setText(this.word, text);
    setText(this.band, "");
    this.#showBars(null);
    this.#showBox(null);
  }

  #showBars(probabilities) {
    setData(this.list, "empty", probabilities ? null : "yes");
    for (const [name, bar] of this.bars) {
      const share = probabilities?.[name] ?? 0;
      bar.fill.style.transform = `scaleX(${share})`;
      setText(bar.number, probabilities ? percent(share) : "–");
    }
  }

  // The preview is mirrored, and so is the box.
  #showBox(box, expression) {
    this.box.hidden = !box;
    if (!box) return;
    const [x, y, width, height] = box;
    setData(this.box, "expression", expression);
    Object.assign(this.box.style, {
      left: `${100 * (1 - x - width)}%`,
      top: `${100 * y}%`,
      width: `${100 * width}%`,
      height: `${100 * height}%`,
    });
  }
}

export function hintFor({ faces, uncertain }) {
  if (faces === 0) return DETAIL.noFace;
  if (faces > 1) return DETAIL.many(faces);
  return uncertain ? DETAIL.uncertain(UNCERTAIN_REASONS[uncertain]) : "";
}

function buildBar(name) {
  const fill = el("span", { class: "bar__fill" });
  const number = el("span", { class: "bar__number" }, "–");
  const track = el("span", { class: "bar__track", "aria-hidden": "true" }, fill);
  const item = el(
    "li",
    { class: "bar", "data-expression": name },
    glyph(name),
    el("span", {}, expressionLabel(name)),
    track,
    number,
  );
  return { item, fill, number };
}
