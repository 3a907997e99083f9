// The figures behind a timeline as a table, for those who cannot use the chart.
import { ANSWERS, answerWord } from "../lib/answers.js";
import { el } from "../lib/dom.js";
import { EXPRESSIONS, negativeShare, percent, word } from "../lib/expressions.js";
import { CHART_TEXTS } from "../lib/texts.js";
import { clockTime } from "../lib/time.js";

// `parts`: hasPresence, hasAnswers, readsFaces, markers, windowS.
export function fillTable(table, windows, parts) {
  const columns = columnsOf(parts);
  const head = [
    el("th", { scope: "col" }, CHART_TEXTS.time),
    ...columns.map(({ name, isText }) => el("th", { scope: "col", class: isText ? null : "num" }, name)),
  ];
  table.tHead.replaceChildren(el("tr", {}, ...head));
  table.tBodies[0].replaceChildren(...windows.map((window) => row(window, columns)));
}

function columnsOf({ hasPresence, hasAnswers, readsFaces, markers, windowS }) {
  const faces = EXPRESSIONS.map((name) => ({
    name: word(name),
    of: ({ probabilities }) => (probabilities ? percent(probabilities[name]) : "–"),
  }));
  const negative = {
    name: CHART_TEXTS.negativeShare,
    of: ({ probabilities }) => (probabilities ? percent(negativeShare(probabilities)) : "–"),
  };
  const said = ANSWERS.map((answer) => ({ name: answerWord(answer), of: ({ answers }) => answers?.[answer] ?? 0 }));
  const seen = { name: CHART_TEXTS.seen, of: (window) => window.seen };
  const present = { name: CHART_TEXTS.present, of: (window) => window.present };
  const marker = { name: CHART_TEXTS.marker, isText: true, of: ({ at }) => textsWithin(markers, at, windowS) };
  return [
    ...(readsFaces ? [...faces, negative] : []),
    ...(hasAnswers || !readsFaces ? said : []),
    ...(hasPresence && readsFaces ? [seen] : []),
    ...(hasPresence ? [present] : []),
    ...(markers.length ? [marker] : []),
  ];
}

function textsWithin(markers, at, windowS) {
  return markers
    .filter((marker) => at <= marker.at && marker.at < at + windowS)
    .map((marker) => marker.text)
    .join("; ");
}

function row(window, columns) {
  const cells = columns.map(({ of, isText }) => el("td", { class: isText ? null : "num" }, String(of(window))));
  return el("tr", {}, el("th", { scope: "row" }, clockTime(window.at)), ...cells);
}
