// One moment of a timeline in words and figures.
import { ANSWERS, answerWord } from "../lib/answers.js";
import { el, icon } from "../lib/dom.js";
import { EXPRESSIONS, glyph, letter, negativeShare, percent } from "../lib/expressions.js";
import { CHART_TEXTS } from "../lib/texts.js";

export function sharesOf(probabilities) {
  if (!probabilities) return [CHART_TEXTS.nobody];
  const leading = EXPRESSIONS.filter((name) => probabilities[name] >= 0.005);
  const shares = leading.map((name) =>
    el("span", { class: "readout__share" }, glyph(name), `${letter(name)} ${percent(probabilities[name])}`),
  );
  return [
    ...shares,
    el("strong", { class: "readout__share" }, CHART_TEXTS.negative(percent(negativeShare(probabilities)))),
  ];
}

export function answersOf(answers) {
  const given = ANSWERS.filter((answer) => answers?.[answer]);
  if (!given.length) return [el("span", { class: "readout__share" }, CHART_TEXTS.nobodySaid)];
  return given.map((answer) =>
    el(
      "span",
      { class: "readout__share", "data-answer": answer },
      icon(answer),
      `${answerWord(answer)} ${answers[answer]}`,
    ),
  );
}
