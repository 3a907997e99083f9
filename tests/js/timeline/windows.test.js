import "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { classLayers, cumulate, findWindow, timeRange, toColumns } from "../../../static/js/timeline/windows.js";

const getValues = ({ values }) => values;

test("adjacent windows become one point each, and the last one ends where it closes", () => {
  const windows = [
    { at: 100, values: [1, 3] },
    { at: 110, values: [2, 4] },
  ];
  assert.deepEqual(toColumns(windows, 10, getValues), {
    times: [100, 110, 119.98, 119.99],
    columns: [
      [1, 2, 2, null],
      [3, 4, 4, null],
    ],
  });
});

test("a missing window leaves a gap", () => {
  const windows = [
    { at: 100, values: [1] },
    { at: 120, values: [2] },
  ];
  assert.deepEqual(toColumns(windows, 10, getValues), {
    times: [100, 109.98, 109.99, 120, 129.98, 129.99],
    columns: [[1, 1, null, 2, 2, null]],
  });
});

test("a window without values leaves a gap", () => {
  const windows = [
    { at: 100, values: [1] },
    { at: 110, values: null },
    { at: 120, values: [2] },
  ];
  assert.deepEqual(toColumns(windows, 10, getValues), {
    times: [100, 109.98, 109.99, 110, 120, 129.98, 129.99],
    columns: [[1, 1, null, null, 2, 2, null]],
  });
});

test("without values there are seven empty columns", () => {
  assert.deepEqual(toColumns([], 10, getValues), { times: [], columns: [[], [], [], [], [], [], []] });
});

test("values are cumulated from the lowest layer up", () => {
  assert.deepEqual(cumulate([1, 0, 2, 4]), [1, 1, 3, 7]);
});

test("a past session reaches from its first window to the end of its last", () => {
  assert.deepEqual(
    timeRange([{ at: 100 }, { at: 130 }], 10, { isLive: false, annotations: [{ at: 999 }] }),
    [100, 140],
  );
});

test("a live session shows at least five minutes", () => {
  assert.deepEqual(timeRange([{ at: 100 }], 10, { isLive: true }), [100, 400]);
  assert.deepEqual(timeRange([{ at: 100 }, { at: 391 }], 10, { isLive: true }), [100, 401]);
});

test("a live session reaches to the latest annotation", () => {
  assert.deepEqual(timeRange([{ at: 100 }], 10, { isLive: true, annotations: [{ at: 500 }, { at: 450 }] }), [100, 500]);
});

test("without windows the range starts now", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 5_500 });
  assert.deepEqual(timeRange([], 10, { isLive: true }), [5, 305]);
});

test("a window is found from its start up to its end", () => {
  const windows = [{ at: 100 }, { at: 120 }];
  const found = [99, 100, 109.9, 110, 120].map((time) => findWindow(windows, 10, time)?.at);
  assert.deepEqual(found, [undefined, 100, 100, undefined, 120]);
});

const COUNTS = { happy: 2, surprise: 0, neutral: 1, sad: 1, fear: 0, disgust: 0, angry: 0, uncertain: 1, unread: 3 };
const MEAN = { happy: 0.5, surprise: 0, neutral: 0.25, sad: 0.25, fear: 0, disgust: 0, angry: 0 };

test("the layers of a class are its students, each once", () => {
  const layers = classLayers({ counts: COUNTS, probabilities: null, seen: 4, present: 8 });
  assert.deepEqual(layers, [2, 0, 1, 1, 0, 0, 0, 1, 3]);
  assert.equal(cumulate(layers).at(-1), 8);
});

test("a class stored before students were counted has the layers that its mean stands for", () => {
  const layers = classLayers({ counts: null, probabilities: MEAN, seen: 4, present: 6 });
  assert.deepEqual(layers, [2, 0, 1, 1, 0, 0, 0, 0, 2]);
});

test("a window in which nobody was present has no layers", () => {
  assert.equal(classLayers({ counts: COUNTS, probabilities: null, seen: 0, present: 0 }), null);
});

test("a window of an anonymous class that shows nothing has no layers", () => {
  assert.equal(classLayers({ counts: null, probabilities: null, seen: null, present: 4 }), null);
});
