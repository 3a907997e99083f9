import "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { describeTime } from "../../../static/js/teacher/alert-item.js";
import { markStudents } from "../../../static/js/teacher/alert-panel.js";

const at = (time) => Date.parse(`2026-03-01T${time}Z`) / 1000;
const alert = (student, values) => ({ student, recovered_at: null, acknowledged_at: null, ...values });

for (const [times, text] of [
  [{ recovering_at: null, recovered_at: null }, "since 15:30:05"],
  [{ recovering_at: at("10:02:00"), recovered_at: null }, "since 15:30:05, easing"],
  [{ recovering_at: at("10:02:00"), recovered_at: at("10:04:10") }, "15:30:05 to 15:34:10"],
]) {
  test(`an alert's time reads: ${text}`, () => {
    assert.equal(describeTime({ since: at("10:00:05"), ...times }), text);
  });
}

test("a student with an open alert is marked as new until it is acknowledged", () => {
  assert.deepEqual(
    [...markStudents([alert(1), alert(2, { acknowledged_at: 5 })])],
    [
      [1, "new"],
      [2, "noted"],
    ],
  );
});

test("one alert that is not acknowledged keeps the student new", () => {
  const noted = alert(1, { acknowledged_at: 5 });
  assert.deepEqual([...markStudents([noted, alert(1), noted])], [[1, "new"]]);
});

test("ended alerts and those about the class mark no student", () => {
  assert.deepEqual([...markStudents([alert(1, { recovered_at: 5 }), alert(null)])], []);
});
