import { freezeTime } from "../page.js";

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

import { EXPRESSIONS } from "../../../static/js/lib/expressions.js";
import { RecentReadings } from "../../../static/js/student/recent-readings.js";

// What the server counts a student as: tests/classroom/test_measures.py reads it, too.
const CASES = JSON.parse(readFileSync(join(import.meta.dirname, "../../classroom/shown.json"), "utf8"));

function result({ expression = null, share = 0.7, uncertain = null }) {
  const rest = (1 - share) / (EXPRESSIONS.length - 1);
  const faces = expression || uncertain ? 1 : 0;
  const probabilities = Object.fromEntries(EXPRESSIONS.map((name) => [name, name === expression ? share : rest]));
  return {
    faces,
    expression,
    uncertain,
    probabilities: faces ? probabilities : null,
    box: faces ? [0, 0, 1, 1] : null,
  };
}

function countsAs(shown) {
  if (!shown) return null;
  return shown.expression ?? (shown.uncertain ? "uncertain" : "unread");
}

for (const { readings, shown } of CASES) {
  test(`${JSON.stringify(readings)} shows ${shown}, as on the teacher's tile`, () => {
    const recent = new RecentReadings();
    for (const reading of readings) recent.add(result(reading));
    assert.equal(countsAs(recent.shown), shown);
  });
}

test("a reading counts for ten seconds", (t) => {
  const advance = freezeTime(t);
  const recent = new RecentReadings();
  recent.add(result({ expression: "sad", share: 0.9 }));
  advance(4_000);
  recent.add(result({ expression: "happy", share: 0.6 }));
  assert.deepEqual([recent.shown.expression, recent.changesInMs], ["sad", 6_000]);
  advance(6_000);
  assert.deepEqual([recent.shown.expression, recent.shown.confidence, recent.changesInMs], ["happy", 0.6, 4_000]);
  advance(4_000);
  assert.deepEqual([recent.shown, recent.changesInMs], [null, null]);
});

test("the box and the number of faces are those of the last reading", () => {
  const recent = new RecentReadings();
  recent.add(result({ expression: "happy" }));
  recent.add(result({}));
  assert.deepEqual([recent.shown.expression, recent.shown.box, recent.shown.faces], ["happy", null, 0]);
});
