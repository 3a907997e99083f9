import { element } from "../elements.js";

import assert from "node:assert/strict";
import test from "node:test";

globalThis.matchMedia = () => ({ addEventListener() {} });
globalThis.requestAnimationFrame = () => 1;
globalThis.ResizeObserver = class {
  observe() {}
};
const { Timeline } = await import("../../../static/js/timeline/timeline.js");

// A class without cameras whose table is open, and the rows of that table: time, lost, the other answers, present.
function build() {
  const table = Object.assign(element("table"), { tHead: element("thead"), tBodies: [element("tbody")] });
  const details = Object.assign(element("details"), { open: true, querySelector: () => table });
  const root = { querySelector: (selector) => (selector === "details" ? details : element()) };
  const timeline = new Timeline(root, { windowS: 10, hasPresence: true, isLive: true, readsFaces: false });
  const rows = () => table.tBodies[0].children.map((row) => row.children.map((cell) => cell.textContent));
  return { timeline, rows };
}

const windowAt = (at) => ({ at, counts: {}, probabilities: null, seen: 0, present: 4 });
const answersAt = (at, lost) => ({ at, answers: { lost, too_fast: 0, too_slow: 0, all_good: 0 } });

test("windows that closed since the class was fetched stay with their answers", () => {
  const { timeline, rows } = build();
  timeline.replace([windowAt(0)], { answers: [answersAt(0, 2)] });
  timeline.add([windowAt(10)], [answersAt(10, 3)]);
  timeline.replace([windowAt(0)], { answers: [] });
  assert.deepEqual(rows(), [
    ["05:30:00", "0", "0", "0", "0", "4"],
    ["05:30:10", "3", "0", "0", "0", "4"],
  ]);
});

test("a cleared timeline has no windows and no answers", () => {
  const { timeline, rows } = build();
  timeline.replace([windowAt(0)], { answers: [answersAt(0, 2)] });
  timeline.clear();
  assert.deepEqual(rows(), []);
  timeline.replace([windowAt(0)]);
  assert.deepEqual(rows(), [["05:30:00", "0", "0", "0", "0", "4"]]);
});
