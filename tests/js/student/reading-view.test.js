import "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { hintFor } from "../../../static/js/student/reading-view.js";

for (const [result, hint] of [
  [{ faces: 1, uncertain: null }, ""],
  [{ faces: 0, uncertain: null }, "No face in view. Move into view if you like."],
  [{ faces: 2, uncertain: null }, "2 faces were found. Only the one nearest the camera is read."],
  [{ faces: 2, uncertain: "too_dark" }, "2 faces were found. Only the one nearest the camera is read."],
  [{ faces: 1, uncertain: "too_small" }, "Shown as “Cannot tell” because the face is too small."],
  [{ faces: 1, uncertain: "too_dark" }, "Shown as “Cannot tell” because it is too dark."],
  [{ faces: 1, uncertain: "too_blurred" }, "Shown as “Cannot tell” because the picture is too blurred."],
  [{ faces: 1, uncertain: "flat" }, "Shown as “Cannot tell” because no expression stands out."],
]) {
  test(`${result.faces} faces, uncertain: ${result.uncertain}`, () => assert.equal(hintFor(result), hint));
}
