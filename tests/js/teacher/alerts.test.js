import "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { describeNoted, describeTime } from "../../../static/js/teacher/alert-item.js";
import { groupAlerts, newestId, selectUnacknowledged } from "../../../static/js/teacher/alert-groups.js";
import { markStudents } from "../../../static/js/teacher/alert-panel.js";

const at = (time) => Date.parse(`2026-03-01T${time}Z`) / 1000;
const alert = (student, values) => ({
  id: 1,
  student,
  recovered_at: null,
  acknowledged_at: null,
  acknowledged_by: null,
  explains: [],
  ...values,
});

for (const [times, text] of [
  [{ recovering_at: null, recovered_at: null }, "since 15:30:05"],
  [{ recovering_at: at("10:02:00"), recovered_at: null }, "since 15:30:05, easing"],
  [{ recovering_at: at("10:02:00"), recovered_at: at("10:04:10") }, "15:30:05 to 15:34:10"],
]) {
  test(`an alert's time reads: ${text}`, () => {
    assert.equal(describeTime({ since: at("10:00:05"), ...times }), text);
  });
}

test("a colleague who noted an alert is named, the teacher at the page is not", () => {
  const noted = alert(1, { acknowledged_at: 5, acknowledged_by: { id: 3, name: "Bela Bauer" } });
  assert.equal(describeNoted(noted, 4), "Noted by Bela Bauer");
  assert.equal(describeNoted(noted, 3), "Noted");
  assert.equal(describeNoted({ ...noted, acknowledged_by: null }, 4), "Noted");
});

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

test("students within the class's alert are marked as noted, unless theirs is over or they have one of their own", () => {
  const explains = [
    { student: 1, recovered_at: null },
    { student: 2, recovered_at: 5 },
    { student: 3, recovered_at: null },
  ];
  assert.deepEqual(
    [...markStudents([alert(null, { explains }), alert(3)])],
    [
      [1, "noted"],
      [3, "new"],
    ],
  );
});

test("open alerts that nobody has noted count", () => {
  const [open, noted, over] = [alert(1), alert(2, { acknowledged_at: 5 }), alert(3, { recovered_at: 5 })];
  assert.deepEqual(selectUnacknowledged([open, noted, over]), [open]);
});

test("the newest alert of a list may be within the class's", () => {
  assert.equal(newestId([alert(null, { id: 7, explains: [{ id: 9 }, { id: 8 }] }), alert(1, { id: 6 })]), 9);
});

const away = (id, values) => alert(id, { id, kind: "student_away", name: `Student ${id}`, since: 100 + id, ...values });

test("four alerts of a kind are one line in place of the first, and unfold", () => {
  const single = alert(null, { id: 9, kind: "presence_low" });
  const members = [away(4), away(3), away(2), away(1)];
  const [first, group, ...rest] = groupAlerts([single, ...members]);
  assert.deepEqual([first, rest], [single, []]);
  assert.deepEqual(group.explains, members);
  assert.deepEqual(
    [group.name, group.reason, group.since, group.student],
    ["Several students", "Camera on, but often no face.", 101, null],
  );
  assert.equal(selectUnacknowledged([first, group]).length, 2);
});

test("three alerts of a kind stay by themselves", () => {
  const alerts = [away(3), away(2), away(1), alert(4, { id: 4, kind: "student_negative" })];
  assert.deepEqual(groupAlerts(alerts), alerts);
});

test("a group is all noted or not at all, and names a colleague who noted all of it", () => {
  const noted = (id, teacher) => away(id, { acknowledged_at: 5, acknowledged_by: { id: teacher, name: "Bela" } });
  const groups = groupAlerts([...[8, 7, 6, 5].map((id) => away(id)), ...[4, 3, 2, 1].map((id) => noted(id, 3))]);
  assert.deepEqual(
    groups.map(({ id, acknowledged_by }) => [id, acknowledged_by?.name]),
    [
      ["student_away:new", undefined],
      ["student_away:noted", "Bela"],
    ],
  );
  const [mixed] = groupAlerts([noted(1, 3), noted(2, 3), noted(3, 3), noted(4, 6)]);
  assert.equal(mixed.acknowledged_by, null);
});

test("alerts that are over are not grouped", () => {
  const alerts = [1, 2, 3, 4].map((id) => away(id, { recovered_at: 5 }));
  assert.deepEqual(groupAlerts(alerts), alerts);
});
