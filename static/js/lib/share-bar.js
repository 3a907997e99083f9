// A bar of seven shares with their letters, and its legend. The pages that come complete from the server bring the
// parts themselves, with data-share; the live ones build them here.
import { EXPRESSIONS, glyph, letter, percent, word } from "./expressions.js";
import { el, setData, setText } from "./dom.js";

// Below this share there is no room for the letter.
const NARROW = 0.06;
// What rounds to nothing is not drawn, not even as a line.
const NOTHING = 0.004;

export class ShareBar {
  #parts;
  #numbers;
  #bar;

  constructor(bar, legend) {
    this.#bar = bar;
    this.#parts = new Map(EXPRESSIONS.map((name) => [name, buildPart(name)]));
    bar.replaceChildren(...this.#parts.values());
    this.#numbers = new Map(EXPRESSIONS.map((name) => [name, el("span", { class: "legend__number" }, "–")]));
    legend.replaceChildren(...EXPRESSIONS.map((name) => buildLegendItem(name, this.#numbers.get(name))));
  }

  show(probabilities) {
    setData(this.#bar, "empty", probabilities ? null : "yes");
    for (const name of EXPRESSIONS) {
      sizePart(this.#parts.get(name), probabilities?.[name] ?? 0);
      setText(this.#numbers.get(name), probabilities ? percent(probabilities[name]) : "–");
    }
  }
}

export function sizeShareBars(root) {
  for (const bar of root.querySelectorAll("[data-shares]")) fillRow(bar);
  for (const part of root.querySelectorAll("[data-share]")) sizePart(part, Number(part.dataset.share));
}

// A bar in a row of a table is too small for letters: "happy:0.2500 sad:0.7500".
function fillRow(bar) {
  const shares = Object.fromEntries(bar.dataset.shares.split(" ").map((pair) => pair.split(":")));
  bar.replaceChildren(
    ...EXPRESSIONS.map((name) =>
      el("span", { class: "share-bar__part", "data-expression": name, "data-share": shares[name] }),
    ),
  );
}

function sizePart(part, share) {
  part.style.flexGrow = share;
  part.hidden = share < NOTHING;
  setData(part, "narrow", share < NARROW ? "yes" : null);
}

function buildPart(name) {
  return el("span", { class: "share-bar__part", "data-expression": name, title: word(name) }, letter(name));
}

function buildLegendItem(name, number) {
  const letterMark = el("span", { class: "legend__letter", "aria-hidden": "true" }, letter(name));
  return el(
    "li",
    { class: "legend__item", "data-expression": name },
    glyph(name),
    letterMark,
    el("span", {}, word(name)),
    number,
  );
}
