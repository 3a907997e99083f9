import { fakeChart } from "./fake-chart.js";

import assert from "node:assert/strict";
import test from "node:test";

import { drawLayerLabels } from "../../../static/js/timeline/layer-labels.js";

const LABELS = ["H", "Sa"];

function draw(layers) {
  const chart = fakeChart();
  const windows = layers.map((values, index) => ({ at: 10 * index, values }));
  const options = { getValues: ({ values }) => values, labels: LABELS, ink: "black" };
  drawLayerLabels(chart, windows, 10, options);
  return chart.drawn;
}

test("a label is centred in its layer where that is thickest", () => {
  const layers = [
    [0.5, 0.5],
    [0.5, 0.5],
    [0.5, 0.5],
    [0.75, 0.25],
    [0.5, 0.5],
    [0.5, 0.5],
  ];
  assert.deepEqual(draw(layers), [
    ["text", "H", 35, 62.5],
    ["text", "Sa", 15, 25],
  ]);
});

test("a layer that is thinner than its label stays without", () => {
  assert.deepEqual(draw(Array(5).fill([0.9, 0.1])), [["text", "H", 15, 55]]);
});

test("a label needs room in every window that it covers", () => {
  // Sa is two windows wide: the neighbours of its thickest window have no room for it.
  const layers = Array(5).fill([0.9, 0.1]);
  layers[2] = [0.5, 0.5];
  assert.deepEqual(draw(layers), [["text", "H", 15, 55]]);
});

test("a label does not reach over a window without values", () => {
  const layers = [[0.5, 0.5], null, [0.5, 0.5], null, [0.5, 0.5]];
  assert.deepEqual(draw(layers), [["text", "H", 25, 75]]);
});

test("the first and the last window carry no label", () => {
  assert.deepEqual(
    draw([
      [1, 0],
      [1, 0],
    ]),
    [],
  );
});
