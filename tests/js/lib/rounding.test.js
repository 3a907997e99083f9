import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

import { shownMinutes, wholeCount, wholePercent } from "../../../static/js/lib/rounding.js";

// The server's figures: tests/classroom/test_rounding.py reads them, too.
const FIGURES = JSON.parse(readFileSync(join(import.meta.dirname, "../../classroom/rounding.json"), "utf8"));

for (const { mean, whole } of FIGURES.counts) {
  test(`a mean of ${mean} students is ${whole}, as on the server`, () => assert.equal(wholeCount(mean), whole));
}

for (const { share, percent } of FIGURES.shares) {
  test(`a share of ${share} is ${percent} %, as on the server`, () => assert.equal(wholePercent(share), percent));
}

for (const { seconds, shown } of FIGURES.minutes) {
  test(`${seconds} s in class are ${shown} min, as on the server`, () =>
    assert.equal(shownMinutes(seconds / 60), shown));
}
