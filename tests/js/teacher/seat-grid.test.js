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
  return { grid, tile, changes, part };
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

test("a search says how many students it shows, and a class that changes does not", (t) => {
  const { grid, part } = gridOfOne(t);
  const search = part("[data-part=search]");
  const matches = () => part("[data-part=matches]").textContent;
  const type = (text) => Object.assign(search, { value: text }).dispatchEvent(new Event("input"));
  type("ad");
  assert.equal(matches(), "1 student shown");
  type("x");
  assert.equal(matches(), "0 students shown");
  search.value = "";
  grid.apply([{ ...ADA, updated: 11 }]);
  assert.equal(matches(), "0 students shown");
});

test("a tile that no longer matches stays until it has lost the focus", (t) => {
  const { grid, tile, part } = gridOfOne(t);
  const search = part("[data-part=search]");
  search.value = "ben";
  document.activeElement = tile.children[1].children[0].children[0];
  t.after(() => delete document.activeElement);
  grid.apply([{ ...ADA, updated: 11 }]);
  assert.equal(tile.hidden, false);
  document.activeElement = search;
  grid.apply([{ ...ADA, updated: 12 }]);
  assert.equal(tile.hidden, true);
});
