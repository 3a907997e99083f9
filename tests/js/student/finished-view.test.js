import { element } from "../elements.js";
import "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { FinishedView } from "../../../static/js/student/finished-view.js";

function show(code) {
  const parts = Object.fromEntries(
    ["h2", "[data-text]", "a", "button", "[data-course-link]"].map((name) => [name, element()]),
  );
  const card = Object.assign(element(), { querySelector: (selector) => parts[selector], focus() {}, hidden: true });
  new FinishedView({ dataset: { homeUrl: "/", mineUrl: "/mine/" }, querySelector: () => card }).show(code);
  return parts;
}

test("a student who left may join again or go back to the course", () => {
  const parts = show(1000);
  assert.deepEqual(
    [parts.a.hidden, parts.button.hidden, parts.button.dataset.action, parts["[data-course-link]"].hidden],
    [true, false, "rejoin", false],
  );
});

for (const code of [4403, 4404]) {
  test(`a student who may not see the course (${code}) is led home, and not back to the course`, () => {
    const parts = show(code);
    assert.deepEqual([parts.a.hidden, parts.a.href, parts["[data-course-link]"].hidden], [false, "/", true]);
  });
}
