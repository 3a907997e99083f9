import { fakeChart } from "./fake-chart.js";

import assert from "node:assert/strict";
import test from "node:test";

import { drawAnnotations } from "../../../static/js/timeline/annotations.js";

const MARKER = "var(--text)";
const ALERT = "var(--warn)";

function draw(annotations, hasLabels = true) {
  const chart = fakeChart();
  drawAnnotations(chart, annotations, { hasLabels });
  return chart.drawn;
}

test("a marker is a line with its text", () => {
  const drawn = [
    ["line", MARKER],
    ["text", "Pause", 50, 17],
  ];
  assert.deepEqual(draw([{ at: 50, text: "Pause" }]), drawn);
});

test("an alert has a triangle, too, and its text beside it", () => {
  const drawn = [
    ["line", ALERT],
    ["triangle", ALERT],
    ["text", "Alert", 58, 17],
  ];
  assert.deepEqual(draw([{ at: 50, text: "Alert", isAlert: true }]), drawn);
});

test("a small alert is a triangle alone", () => {
  assert.deepEqual(draw([{ at: 50, text: "Alert", isAlert: true, isSmall: true }]), [["triangle", ALERT]]);
});

test("a chart without labels has lines alone", () => {
  assert.deepEqual(draw([{ at: 50, text: "Pause" }], false), [["line", MARKER]]);
});

test("annotations outside the plot are left out", () => {
  assert.deepEqual(
    draw([
      { at: -1, text: "a" },
      { at: 301, text: "b" },
    ]),
    [],
  );
});

test("a label that would touch the one before is left out, from left to right", () => {
  const annotations = [
    { at: 76, text: "third" },
    { at: 20, text: "first" },
    { at: 75, text: "second" },
  ];
  const texts = draw(annotations).filter(([name]) => name === "text");
  assert.deepEqual(texts, [
    ["text", "first", 20, 17], // ends at 70, and the next may start at 76
    ["text", "third", 76, 17],
  ]);
});

test("a label near the right edge ends there", () => {
  assert.deepEqual(draw([{ at: 290, text: "Pause" }])[1], ["text", "Pause", 250, 17]);
});

test("a label of 24 characters is not cut", () => {
  assert.equal(draw([{ at: 0, text: "abcdefghijklmnopqrstuvwx" }])[1][1], "abcdefghijklmnopqrstuvwx");
});

test("a long label is cut to 24 characters", () => {
  const [, [, text]] = draw([{ at: 0, text: "abcdefghijklmnopqrstuvwxyz" }]);
  assert.deepEqual([text, text.length], ["abcdefghijklmnopqrstuvw…", 24]);
});
