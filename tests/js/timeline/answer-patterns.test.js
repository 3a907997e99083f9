import "./fake-chart.js";

import assert from "node:assert/strict";
import test from "node:test";

import { answerFills } from "../../../static/js/timeline/answer-patterns.js";

// A canvas whose pattern is the list of what was drawn on it.
function fakeCanvas() {
  const drawn = [];
  const ctx = {
    fillRect: () => drawn.push(ctx.fillStyle),
    scale() {},
    beginPath() {},
    moveTo: (...point) => drawn.push(point),
    lineTo: (...point) => drawn.at(-1).push(...point),
    stroke() {},
    createPattern: () => drawn,
  };
  return { getContext: () => ctx };
}

test("each answer has its colour and lines of its own", () => {
  const { createElement } = document;
  document.createElement = (tag) => (tag === "canvas" ? fakeCanvas() : createElement(tag));
  const fills = answerFills();
  assert.deepEqual(fills, [
    ["var(--answer-lost)", [-1, 1, 1, -1], [-1, 9, 9, -1], [7, 9, 9, 7]],
    ["var(--answer-too-fast)", [4, 0, 4, 8]],
    ["var(--answer-too-slow)", [0, 4, 8, 4]],
    ["var(--answer-all-good)"],
  ]);
});
