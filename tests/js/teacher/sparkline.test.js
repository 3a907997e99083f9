import assert from "node:assert/strict";
import test from "node:test";

import { toPoints } from "../../../static/js/teacher/sparkline.js";

test("the newest value is at the right edge, forty values fill the width", () => {
  assert.equal(toPoints([0]), "100.0,10.0");
  assert.equal(toPoints(Array(40).fill(0)).split(" ")[0], "0.0,10.0");
});

test("pleasant values are above the zero line, unpleasant ones below it", () => {
  assert.equal(toPoints([1, 0.5, -1]), "94.9,1.0 97.4,5.5 100.0,19.0");
});

test("without values there are no points", () => assert.equal(toPoints([]), ""));
