// The figures behind a timeline as a table, for those who cannot use the chart.
import { el } from "./dom.js";
import { EXPRESSIONS, percent, word } from "./expressions.js";
import { CHART_TEXTS } from "./texts.js";
import { clockTime } from "./time.js";

export function fillTable(table, windows, hasPresence) {
  const heads = [CHART_TEXTS.time, ...EXPRESSIONS.map(word), ...(hasPresence ? [CHART_TEXTS.seen, CHART_TEXTS.present] : [])];
  const head = el("tr", {}, ...heads.map((text, index) => el("th", { scope: "col", class: index ? "num" : null }, text)));
  table.tHead.replaceChildren(head);
  table.tBodies[0].replaceChildren(...windows.map((window) => row(window, hasPresence)));
}

function row({ at, probabilities, seen, present }, hasPresence) {
  const shares = EXPRESSIONS.map((name) => (probabilities ? percent(probabilities[name]) : "–"));
  const figures = [...shares, ...(hasPresence ? [seen, present] : [])];
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, clockTime(at)),
    ...figures.map((figure) => el("td", { class: "num" }, String(figure))),
  );
}
