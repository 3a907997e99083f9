import "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { KnownAlerts } from "../../../static/js/teacher/known-alerts.js";

const single = (id) => ({ id, explains: [] });
const group = (...ids) => ({ id: "student_away:new", isGroup: true, explains: ids.map(single) });

// The ids of the fresh entries of each list, one after another.
function freshIds(...lists) {
  const known = new KnownAlerts();
  return lists.map((list) => known.takeFresh(list).map(({ id }) => id));
}

test("nothing in the first list is fresh, and each later alert is fresh once", () => {
  assert.deepEqual(freshIds([single(1)], [single(1), single(2)], [single(2)], [single(1)]), [[], [2], [], []]);
});

test("a group is fresh if none of its alerts was given before", () => {
  assert.deepEqual(freshIds([], [group(1, 2, 3, 4)], [group(5, 6, 7, 8)], [group(8, 9, 10, 11)]), [
    [],
    ["student_away:new"],
    ["student_away:new"],
    [],
  ]);
});

test("alerts that leave their group are known, and those that join one make it known", () => {
  assert.deepEqual(freshIds([], [single(1)], [group(1, 2, 3, 4)], [single(2), single(3), single(4)]), [
    [],
    [1],
    [],
    [],
  ]);
});

test("the class's alert is told by its own id, whomever it explains", () => {
  assert.deepEqual(freshIds([single(1)], [{ id: 5, explains: [single(1)] }]), [[], [5]]);
});
