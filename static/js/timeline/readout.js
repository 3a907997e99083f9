// Describes one window of a timeline in words and figures.
import { ANSWERS, answerLabel } from "../lib/answers.js";
import { el } from "../lib/dom.js";
import { EXPRESSIONS, expressionLetter, negativeShare, percent } from "../lib/expressions.js";
import { glyph, icon } from "../lib/icons.js";
import { TIMELINE } from "../lib/texts.js";

const VISIBLE_FROM = 0.005;

export function describeShares(probabilities) {
  if (!probabilities) return [TIMELINE.noFace];
  const visible = EXPRESSIONS.filter((name) => probabilities[name] >= VISIBLE_FROM);
  const shares = visible.map((name) => {
    const text = `${expressionLetter(name)} ${percent(probabilities[name])}`;
    return el("span", { class: "readout__share" }, glyph(name), text);
  });
  const negative = TIMELINE.negative(percent(negativeShare(probabilities)));
  return [...shares, el("strong", { class: "readout__share" }, negative)];
}

export function describeCoverage({ seen, present }, { hasPresence, readsFaces }) {
  if (!hasPresence) return "";
  return readsFaces ? TIMELINE.seenOf(seen, present) : TIMELINE.presentOnly(present);
}

export function describeAnswers(answers) {
  const given = ANSWERS.filter((answer) => answers?.[answer]);
  if (!given.length) return [el("span", { class: "readout__share" }, TIMELINE.noAnswers)];
  return given.map((answer) => {
    const text = `${answerLabel(answer)} ${answers[answer]}`;
    return el("span", { class: "readout__share", "data-answer": answer }, icon(answer), text);
  });
}
