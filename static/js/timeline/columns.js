// The columns of a timeline's table. Each has a `name` and `format`, which turns a window into a cell's text.
import { ANSWERS, answerLabel } from "../lib/answers.js";
import { EXPRESSIONS, expressionLabel, negativeShare, percent } from "../lib/expressions.js";
import { TIMELINE } from "../lib/texts.js";

// `parts`: hasPresence, hasAnswers, readsFaces, annotations, windowS.
export function buildColumns({ hasPresence, hasAnswers, readsFaces, annotations, windowS }) {
  const columns = [];
  if (readsFaces) {
    for (const name of EXPRESSIONS) columns.push(shareColumn(expressionLabel(name), (shares) => shares[name]));
    columns.push(shareColumn(TIMELINE.negativeShare, negativeShare));
  }
  if (hasAnswers || !readsFaces) {
    for (const answer of ANSWERS) {
      columns.push({ name: answerLabel(answer), format: ({ answers }) => String(answers?.[answer] ?? 0) });
    }
  }
  if (hasPresence && readsFaces) columns.push({ name: TIMELINE.seen, format: ({ seen }) => String(seen) });
  if (hasPresence) columns.push({ name: TIMELINE.present, format: ({ present }) => String(present) });
  if (annotations.length) {
    const format = ({ at }) => textsBetween(annotations, at, at + windowS);
    columns.push({ name: TIMELINE.marker, isText: true, format });
  }
  return columns;
}

function shareColumn(name, getShare) {
  return { name, format: ({ probabilities }) => (probabilities ? percent(getShare(probabilities)) : "–") };
}

function textsBetween(annotations, from, to) {
  const within = annotations.filter(({ at }) => from <= at && at < to);
  return within.map(({ text }) => text).join("; ");
}
