import assert from "node:assert/strict";
import test from "node:test";

import { targetIndex } from "../../../static/js/teacher/roving-tabindex.js";

for (const [key, target] of [
  ["ArrowRight", 6],
  ["ArrowLeft", 4],
  ["ArrowDown", 8],
  ["ArrowUp", 2],
  ["Home", 0],
  ["End", 9],
  ["Enter", null],
  ["Tab", null],
]) {
  test(`${key} leads from the sixth of ten tiles in rows of three to ${target}`, () => {
    assert.equal(targetIndex(key, { index: 5, columns: 3, count: 10 }), target);
  });
}

test("beyond the edges there is no tile", () => {
  const edges = { index: 0, columns: 3, count: 1 };
  assert.deepEqual(
    ["ArrowUp", "ArrowLeft", "ArrowRight"].map((key) => targetIndex(key, edges)),
    [-3, -1, 1],
  );
});
