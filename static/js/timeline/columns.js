// The columns of a timeline's table. Each has a `name` and `format`, which turns a window into a cell's text.
import { ANSWERS, answerLabel } from "../lib/answers.js";
import { EXPRESSIONS, SHOWN, expressionLabel, negativeCount, negativeShare, percent } from "../lib/expressions.js";
import { number } from "../lib/i18n.js";
import { wholeCount } from "../lib/rounding.js";
import { TIMELINE } from "../lib/texts.js";
import { classLayers } from "./windows.js";

// `parts`: hasPresence, hasAnswers, readsFaces, isAnonymous, annotations, windowS.
export function buildColumns({ hasPresence, hasAnswers, readsFaces, isAnonymous, annotations, windowS }) {
  const columns = [];
  if (readsFaces) {
    columns.push(...(hasPresence ? classColumns() : studentColumns()));
  }
  if (hasAnswers || !readsFaces) {
    for (const answer of ANSWERS) {
      columns.push({ name: answerLabel(answer), format: ({ answers }) => String(answers?.[answer] ?? 0) });
    }
  }
  const seenName = isAnonymous ? TIMELINE.counted : TIMELINE.seen;
  if (hasPresence && readsFaces) columns.push({ name: seenName, format: ({ seen }) => String(seen ?? "–") });
  if (hasPresence) columns.push({ name: TIMELINE.present, format: ({ present }) => String(present) });
  if (annotations.length) {
    const format = ({ at }) => textsBetween(annotations, at, at + windowS);
    columns.push({ name: TIMELINE.marker, isText: true, format });
  }
  return columns;
}

// The class: students by what their tiles show, and the negative share of the expressions.
function classColumns() {
  const counted = SHOWN.map((name, index) => ({
    name: expressionLabel(name),
    format: (window) => formatCount(classLayers(window)?.[index]),
  }));
  return [...counted, { name: TIMELINE.negativeShare, format: formatNegative }];
}

function formatCount(count) {
  return count === undefined ? "–" : number(wholeCount(count));
}

function formatNegative({ counts, probabilities, seen }) {
  if (!seen) return "–";
  return percent(counts ? negativeCount(counts) / seen : negativeShare(probabilities));
}

function studentColumns() {
  const shares = EXPRESSIONS.map((name) => shareColumn(expressionLabel(name), (each) => each[name]));
  return [...shares, shareColumn(TIMELINE.negativeShare, negativeShare)];
}

function shareColumn(name, getShare) {
  return { name, format: ({ probabilities }) => (probabilities ? percent(getShare(probabilities)) : "–") };
}

function textsBetween(annotations, from, to) {
  const within = annotations.filter(({ at }) => from <= at && at < to);
  return within.map(({ text }) => text).join("; ");
}
