import "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { fillInTime } from "../../../static/js/teacher/class-summary.js";

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
