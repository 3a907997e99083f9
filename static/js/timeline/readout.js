// Describes one window of a timeline in words and figures.
import { ANSWERS, answerLabel } from "../lib/answers.js";
import { el, setText } from "../lib/dom.js";
import { EXPRESSIONS, SHOWN, expressionLetter, negativeCount, negativeShare, percent } from "../lib/expressions.js";
import { number } from "../lib/i18n.js";
import { glyph, icon } from "../lib/icons.js";
import { TIMELINE } from "../lib/texts.js";
import { clockTime } from "../lib/time.js";

const VISIBLE_FROM = 0.005;

// Describes the window in `readout`, which holds [data-time], [data-coverage] and [data-shares]; null: says what to
// wait for (isLive) or what to do. Further options: hasPresence, readsFaces, hasAnswers, isAnonymous, usualNegative.
export function fillReadout(readout, window, options) {
  const [time, coverage, shares] = ["time", "coverage", "shares"].map((name) =>
    readout.querySelector(`[data-${name}]`),
  );
  setText(time, window ? clockTime(window.at) : "");
  setText(coverage, window ? describeCoverage(window, options) : "");
  if (!window) {
    shares.replaceChildren(options.isLive ? TIMELINE.nothingYet : TIMELINE.pointAtChart);
    return;
  }
  const faces = options.readsFaces ? describeFaces(window, options) : [];
  const answers = options.hasAnswers || !options.readsFaces ? describeAnswers(window.answers) : [];
  shares.replaceChildren(...faces, ...answers);
}

// The expressions of a window. A class (`hasPresence`) has counts, and its negative expressions next to the share that
// is usual in the course (null if unknown); one student has probabilities.
function describeFaces(window, { hasPresence, usualNegative }) {
  if (window.seen === null) return [TIMELINE.notShown];
  return hasPresence && window.counts ? describeClass(window, usualNegative) : describeShares(window.probabilities);
}

function describeClass({ counts, seen }, usual) {
  const shown = SHOWN.filter((name) => counts[name]).map((name) => {
    return el("span", { class: "readout__share" }, glyph(name), `${expressionLetter(name)} ${number(counts[name])}`);
  });
  if (!seen) return [...shown, TIMELINE.noFace];
  const negative = negativeCount(counts);
  const usualShare = usual === null ? null : percent(usual);
  const text = TIMELINE.negativeOf(negative, seen, percent(negative / seen), usualShare);
  return [...shown, el("strong", { class: "readout__share" }, text)];
}

function describeShares(probabilities) {
  if (!probabilities) return [TIMELINE.noFace];
  const visible = EXPRESSIONS.filter((name) => probabilities[name] >= VISIBLE_FROM);
  const shares = visible.map((name) => {
    const text = `${expressionLetter(name)} ${percent(probabilities[name])}`;
    return el("span", { class: "readout__share" }, glyph(name), text);
  });
  const negative = TIMELINE.negative(percent(negativeShare(probabilities)));
  return [...shares, el("strong", { class: "readout__share" }, negative)];
}

function describeCoverage({ seen, present }, { hasPresence, readsFaces, isAnonymous }) {
  if (!hasPresence) return "";
  if (isAnonymous && seen !== null) return TIMELINE.countedOf(seen, present);
  return readsFaces && seen !== null ? TIMELINE.seenOf(seen, present) : TIMELINE.presentOnly(present);
}

function describeAnswers(answers) {
  const given = ANSWERS.filter((answer) => answers?.[answer]);
  if (!given.length) return [el("span", { class: "readout__share" }, TIMELINE.noAnswers)];
  return given.map((answer) => {
    const text = `${answerLabel(answer)} ${answers[answer]}`;
    return el("span", { class: "readout__share", "data-answer": answer }, icon(answer), text);
  });
}
