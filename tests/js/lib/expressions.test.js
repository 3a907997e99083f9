import "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import {
  EXPRESSIONS,
  NEGATIVE,
  confidenceLabel,
  expressionLabel,
  expressionLetter,
  negativeShare,
  percent,
} from "../../../static/js/lib/expressions.js";

test("negative expressions are the upper layers of a stacked chart", () => {
  assert.deepEqual(EXPRESSIONS.slice(3), NEGATIVE);
});

test("every expression has a label and a letter of its own", () => {
  assert.deepEqual(EXPRESSIONS.map(expressionLabel), [
    "Happy",
    "Surprise",
    "Neutral",
    "Sad",
    "Fear",
    "Disgust",
    "Angry",
  ]);
  assert.deepEqual(EXPRESSIONS.map(expressionLetter), ["H", "Su", "N", "Sa", "F", "D", "A"]);
});

test("the negative share adds up sad, fear, disgust and angry", () => {
  const probabilities = {
    happy: 0.5,
    surprise: 0.25,
    neutral: 0,
    sad: 0.125,
    fear: 0.0625,
    disgust: 0.03125,
    angry: 0.5,
  };
  assert.equal(negativeShare(probabilities), 0.71875);
});

for (const [confidence, label] of [
  [0, "unsure"],
  [0.4499, "unsure"],
  [0.45, "likely"],
  [0.6999, "likely"],
  [0.7, "clear"],
  [1, "clear"],
]) {
  test(`a confidence of ${confidence} is ${label}`, () => assert.equal(confidenceLabel(confidence), label));
}

for (const [share, text] of [
  [0, "0 %"],
  [0.004, "0 %"],
  [0.005, "1 %"],
  [0.28494, "28 %"],
  [0.28499, "29 %"], // 0.2850 with four decimals
  [1, "100 %"],
]) {
  test(`a share of ${share} is shown as ${text}`, () => assert.equal(percent(share), text));
}
