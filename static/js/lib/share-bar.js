// A bar of students by what their tiles show, and its legend. On the pages of past sessions the server renders the
// parts, with data-share; on live pages they are built here.
import { el, setData, setText } from "./dom.js";
import { SHOWN, expressionLabel, expressionLetter } from "./expressions.js";
import { number } from "./i18n.js";
import { glyph } from "./icons.js";

// A part with a smaller share has no room for its letter.
const LETTER_NEEDS = 0.06;
// A smaller share rounds to nothing and is not even drawn as a line.
const VISIBLE_FROM = 0.004;

export class ShareBar {
  #bar;
  #parts;
  #numbers;

  constructor(bar, legend) {
    this.#bar = bar;
    this.#parts = new Map(SHOWN.map((name) => [name, buildPart(name)]));
    bar.replaceChildren(...this.#parts.values());
    this.#numbers = new Map(SHOWN.map((name) => [name, el("span", { class: "legend__number" }, "–")]));
    legend.replaceChildren(...SHOWN.map((name) => buildLegendItem(name, this.#numbers.get(name))));
  }

  // `counts`: how many of the `present` students show each of SHOWN, null if nothing is known.
  show({ counts, present }) {
    const known = present ? counts : null;
    setData(this.#bar, "empty", known ? null : "yes");
    for (const name of SHOWN) {
      sizePart(this.#parts.get(name), known ? known[name] / present : 0);
      setText(this.#numbers.get(name), known ? number(known[name]) : "–");
    }
  }
}

export function sizeShareBars(root) {
  for (const bar of root.querySelectorAll("[data-shares]")) fillBar(bar);
  for (const part of root.querySelectorAll("[data-share]")) sizePart(part, Number(part.dataset.share));
}

// The bar of a table row, from data-shares="happy:0.2500 sad:0.7500". It is too small for letters.
function fillBar(bar) {
  const shares = Object.fromEntries(bar.dataset.shares.split(" ").map((pair) => pair.split(":")));
  const buildEmpty = (name) =>
    el("span", { class: "share-bar__part", "data-expression": name, "data-share": shares[name] });
  bar.replaceChildren(...SHOWN.map(buildEmpty));
}

function sizePart(part, share) {
  part.style.flexGrow = share;
  part.hidden = share < VISIBLE_FROM;
  setData(part, "narrow", share < LETTER_NEEDS ? "yes" : null);
}

function buildPart(name) {
  const attributes = { class: "share-bar__part", "data-expression": name, title: expressionLabel(name) };
  return el("span", attributes, expressionLetter(name));
}

function buildLegendItem(name, numberElement) {
  const letter = el("span", { class: "legend__letter", "aria-hidden": "true" }, expressionLetter(name));
  const label = el("span", {}, expressionLabel(name));
  return el("li", { class: "legend__item", "data-expression": name }, glyph(name), letter, label, numberElement);
}
