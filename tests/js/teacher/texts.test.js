import "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { CONSENT } from "../../../static/js/teacher/texts.js";

test("the number of students who have agreed decides about the verb", () => {
  assert.equal(CONSENT(1, 24), "1 of 24 has agreed to camera reading");
  assert.equal(CONSENT(0, 1), "0 of 1 have agreed to camera reading");
});
