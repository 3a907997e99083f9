import "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { buildColumns } from "../../../static/js/timeline/columns.js";

const PROBABILITIES = { happy: 0.5, surprise: 0.1, neutral: 0.1, sad: 0.1, fear: 0.1, disgust: 0.05, angry: 0.05 };
const WINDOW = { at: 100, probabilities: PROBABILITIES, answers: { lost: 2 }, seen: 3, present: 4 };
const EMPTY = { at: 110, probabilities: null, answers: null, seen: 0, present: 4 };
const PARTS = { hasPresence: true, hasAnswers: false, readsFaces: true, annotations: [], windowS: 10 };

function row(window, parts) {
  return Object.fromEntries(buildColumns({ ...PARTS, ...parts }).map(({ name, format }) => [name, format(window)]));
}

test("a course that reads faces has shares, the negative share and attendance", () => {
  assert.deepEqual(row(WINDOW), {
    Happy: "50 %",
    Surprise: "10 %",
    Neutral: "10 %",
    Sad: "10 %",
    Fear: "10 %",
    Disgust: "5 %",
    Angry: "5 %",
    Negative: "30 %",
    Readable: "3",
    Present: "4",
  });
});

test("a window in which no face was read has dashes", () => {
  assert.deepEqual(new Set(Object.values(row(EMPTY, { hasPresence: false }))), new Set(["–"]));
});

test("a course without cameras has answers and who was present", () => {
  const answers = { Lost: "2", "Too fast": "0", "Too slow": "0", "All good": "0" };
  assert.deepEqual(row(WINDOW, { readsFaces: false }), { ...answers, Present: "4" });
  assert.deepEqual(row(EMPTY, { readsFaces: false, hasPresence: false }), { ...answers, Lost: "0" });
});

test("answers follow the shares if any were given", () => {
  const names = buildColumns({ ...PARTS, hasAnswers: true }).map(({ name }) => name);
  assert.deepEqual(names.slice(7, 13), ["Negative", "Lost", "Too fast", "Too slow", "All good", "Readable"]);
});

test("a window lists the annotations within it", () => {
  const annotations = [
    { at: 99.9, text: "before" },
    { at: 100, text: "Exercise" },
    { at: 109.9, text: "Pause" },
    { at: 110, text: "after" },
  ];
  const [marker] = buildColumns({ ...PARTS, annotations }).slice(-1);
  assert.deepEqual([marker.name, marker.isText, marker.format(WINDOW)], ["Marker", true, "Exercise; Pause"]);
});
