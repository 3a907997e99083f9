import "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { describeCoverage, describeNegative, fillInTime } from "../../../static/js/teacher/class-summary.js";

test("a moment in the server's sentence is shown in the page's time zone", () => {
  const since = Date.parse("2026-03-01T10:12:59Z") / 1000;
  assert.equal(
    fillInTime({ text: "Three look troubled, two since {since}.", since }),
    "Three look troubled, two since 15:42.",
  );
});

test("a sentence without a moment is shown as it is", () => {
  assert.equal(fillInTime({ text: "Most faces look calm.", since: null }), "Most faces look calm.");
});

test("negative expressions stand next to what is usual in the course", () => {
  const mood = { negative: 3, seen: 12, usual_negative: 0.14 };
  assert.equal(describeNegative(mood), "3 of 12 negative (25 %; in earlier classes 14 %)");
});

test("without earlier classes negative expressions stand alone", () => {
  assert.equal(describeNegative({ negative: 3, seen: 12, usual_negative: null }), "3 of 12 negative (25 %)");
});

test("nothing is negative while no face is read", () => {
  assert.equal(describeNegative({ negative: 0, seen: 0, usual_negative: 0.14 }), "");
});

test("an anonymous class says from how many students on figures are shown", () => {
  assert.equal(describeCoverage({ seen: null, present: 4 }, true), "Needs five readable students");
  assert.equal(describeCoverage({ seen: 5, present: 9 }, true), "5 of 9 counted");
  assert.equal(describeCoverage({ seen: 5, present: 9 }, false), "5 of 9 readable");
  assert.equal(describeNegative({ negative: null, seen: null, usual_negative: 0.14 }), "");
});

test("an anonymous class counts a minute whose students may have left since", () => {
  assert.equal(describeCoverage({ seen: 10, present: 10 }, true), "10 of 10 counted");
  assert.equal(describeCoverage({ seen: 10, present: 9 }, true), "10 counted");
});
