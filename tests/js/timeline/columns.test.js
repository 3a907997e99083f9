import "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { buildColumns } from "../../../static/js/timeline/columns.js";

const PROBABILITIES = { happy: 0.5, surprise: 0.1, neutral: 0.1, sad: 0.1, fear: 0.1, disgust: 0.05, angry: 0.05 };
const NOBODY = { happy: 0, surprise: 0, neutral: 0, sad: 0, fear: 0, disgust: 0, angry: 0, uncertain: 0, unread: 0 };
const COUNTS = { ...NOBODY, happy: 2, sad: 1, unread: 1 };
const WINDOW = { at: 100, counts: COUNTS, probabilities: PROBABILITIES, answers: { lost: 2 }, seen: 3, present: 4 };
const EMPTY = { at: 110, counts: NOBODY, probabilities: null, answers: null, seen: 0, present: 0 };
const PARTS = { hasPresence: true, hasAnswers: false, readsFaces: true, annotations: [], windowS: 10 };

function row(window, parts) {
  return Object.fromEntries(buildColumns({ ...PARTS, ...parts }).map(({ name, format }) => [name, format(window)]));
}

test("a class counts students, and has the negative share and attendance", () => {
  assert.deepEqual(row(WINDOW), {
    Happy: "2",
    Surprise: "0",
    Neutral: "0",
    Sad: "1",
    Fear: "0",
    Disgust: "0",
    Angry: "0",
    "Cannot tell": "0",
    "Not read": "1",
    Negative: "33 %",
    Readable: "3",
    Present: "4",
  });
});

test("a class from before students were counted has the numbers that its mean stands for", () => {
  const { Happy, Sad, Negative, "Not read": unread } = row({ ...WINDOW, counts: null });
  assert.deepEqual([Happy, Sad, Negative, unread], ["2", "0", "30 %", "1"]);
});

test("one student has probabilities", () => {
  assert.deepEqual(row(WINDOW, { hasPresence: false }), {
    Happy: "50 %",
    Surprise: "10 %",
    Neutral: "10 %",
    Sad: "10 %",
    Fear: "10 %",
    Disgust: "5 %",
    Angry: "5 %",
    Negative: "30 %",
  });
});

test("a window in which nobody was present has dashes", () => {
  assert.equal(row(EMPTY).Happy, "–");
  assert.deepEqual(new Set(Object.values(row(EMPTY, { hasPresence: false }))), new Set(["–"]));
});

test("a course without cameras has answers and who was present", () => {
  const answers = { Lost: "2", "Too fast": "0", "Too slow": "0", "All good": "0" };
  assert.deepEqual(row(WINDOW, { readsFaces: false }), { ...answers, Present: "4" });
  assert.deepEqual(row(EMPTY, { readsFaces: false, hasPresence: false }), { ...answers, Lost: "0" });
});

test("answers follow the shares if any were given", () => {
  const names = buildColumns({ ...PARTS, hasAnswers: true }).map(({ name }) => name);
  assert.deepEqual(names.slice(9, 15), ["Negative", "Lost", "Too fast", "Too slow", "All good", "Readable"]);
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

test("a window of an anonymous class that shows nothing has dashes, and who was present", () => {
  const cells = row({ ...WINDOW, counts: null, probabilities: null, seen: null }, { isAnonymous: true });
  assert.deepEqual(Object.values(cells), [...Array(11).fill("–"), "4"]);
  assert.equal(cells.Counted, "–");
});
