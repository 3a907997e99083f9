import { element } from "../elements.js";

import assert from "node:assert/strict";
import test from "node:test";

import { AnswerBar } from "../../../static/js/teacher/answer-bar.js";

function show(answers, present) {
  const bar = element();
  new AnswerBar(bar).show({ answers: { lost: 0, too_fast: 0, too_slow: 0, all_good: 0, ...answers }, present });
  const parts = bar.children.filter(({ hidden }) => !hidden);
  return {
    isEmpty: "data-empty" in bar.attributes,
    parts: parts.map((part) => [part.style.flexBasis, part.textContent]),
  };
}

test("each answer takes its share of those present", () => {
  assert.deepEqual(show({ lost: 2, all_good: 5 }, 10), {
    isEmpty: false,
    parts: [
      ["20%", "Lost 2"],
      ["50%", "All good 5"],
    ],
  });
});

test("a part below 14 % has no label", () => {
  const labels = show({ lost: 14, too_fast: 13 }, 100).parts.map(([, label]) => label);
  assert.deepEqual(labels, ["Lost 14", ""]);
});

test("without answers, or without students, the bar is empty", () => {
  assert.deepEqual(show({}, 10), { isEmpty: true, parts: [] });
  assert.deepEqual(show({}, 0), { isEmpty: true, parts: [] });
});
