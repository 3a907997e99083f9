import { element } from "../elements.js";
import { freezeTime } from "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { SeatGrid } from "../../../static/js/teacher/seat-grid.js";

const ADA = {
  id: 3,
  name: "Ada",
  sort: "ada",
  state: "seen",
  expression: "happy",
  confidence: 0.8,
  uncertain: null,
  trend: [0.5],
  says: null,
  hand_since: null,
  updated: 10,
  heard: 0,
};

// A grid with one tile. `changes` lists the states that tiles changed to.
function gridOfOne(t) {
  freezeTime(t);
  globalThis.matchMedia = () => ({ matches: false });
  const parts = new Map();
  const part = (name) => parts.get(name) ?? parts.set(name, Object.assign(element(), { value: "" })).get(name);
  const changes = [];
  const grid = new SeatGrid(
    { querySelector: part },
    { onOpen() {}, onChange: ({ name, state }) => changes.push([name, state]) },
  );
  grid.replace([ADA], 0);
  changes.length = 0;
  const [tile] = part("[data-part=grid]").children;
  return { grid, tile, changes };
}

test("every change of a tile is reported as the tile shows it", (t) => {
  const { grid, changes } = gridOfOne(t);
  grid.apply([{ ...ADA, state: "paused", updated: 11 }]);
  grid.apply([{ ...ADA, state: "waiting", updated: 9 }]);
  grid.replace([{ ...ADA, name: "Ada L.", state: "left", updated: 12 }], grid.updates);
  assert.deepEqual(changes, [
    ["Ada", "paused"],
    ["Ada", "paused"],
    ["Ada L.", "left"],
  ]);
});

// What a student erases has no time any more.
const ERASED = { ...ADA, state: "waiting", expression: null, confidence: null, trend: [], updated: 5 };

test("a fetched state takes back what a student has erased meanwhile", (t) => {
  const { grid, tile } = gridOfOne(t);
  grid.apply([{ ...ADA, says: { answer: "lost" }, hand_since: 8, heard: 12 }]);
  assert.equal(tile.textContent.includes("Lost"), true);
  grid.replace([ERASED], grid.updates);
  assert.deepEqual([tile.dataset.state, tile.dataset.expression], ["waiting", undefined]);
  const [, , foot] = tile.children;
  assert.equal(foot.children[0].hidden, true);
});

test("a change that came while the state was fetched stays", (t) => {
  const { grid, tile } = gridOfOne(t);
  const before = grid.updates;
  grid.apply([{ ...ADA, state: "paused", updated: 12 }]);
  grid.replace([ADA], before);
  assert.equal(tile.dataset.state, "paused");
});
