import assert from "node:assert/strict";
import test from "node:test";

import { density, mergeTile } from "../../../static/js/teacher/tile-data.js";

for (const [count, expected] of [
  [0, "few"],
  [8, "few"],
  [9, "normal"],
  [39, "normal"],
  [40, "compact"],
  [99, "compact"],
  [100, "map"],
  [400, "map"],
]) {
  test(`${count} tiles are ${expected}`, () => assert.equal(density(count), expected));
}

const tile = (state, updated, says, heard) => ({ id: 1, state, updated, says, hand_since: null, heard });

test("a newer reading and a newer response replace those shown", () => {
  const update = { ...tile("seen", 11, { answer: "lost" }, 21), hand_since: 5 };
  assert.deepEqual(mergeTile(tile("waiting", 10, null, 20), update), update);
});

test("an older reading is ignored, while its newer response is taken", () => {
  const shown = tile("seen", 10, null, 20);
  assert.deepEqual(mergeTile(shown, { ...tile("waiting", 9, { answer: "lost" }, 21), hand_since: 5 }), {
    ...shown,
    says: { answer: "lost" },
    hand_since: 5,
    heard: 21,
  });
});

test("an older response is ignored, while its newer reading is taken", () => {
  const shown = { ...tile("seen", 10, { answer: "lost" }, 20), hand_since: 5 };
  const update = tile("waiting", 11, null, 19);
  assert.deepEqual(mergeTile(shown, update), { ...shown, state: "waiting", updated: 11 });
});

test("of the same age the update wins", () => {
  const update = tile("waiting", 10, { answer: "lost" }, 20);
  assert.deepEqual(mergeTile(tile("seen", 10, null, 20), update), update);
});
