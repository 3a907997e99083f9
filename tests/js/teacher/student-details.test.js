import "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { listAnnotations, listEvents, listFigures } from "../../../static/js/teacher/student-details.js";

const at = (time) => Date.parse(`2026-03-01T${time}Z`) / 1000;
const DETAILS = { joined_at: at("10:00:59"), minutes: 12.25, rejoins: 2, readings: 40, certain: 30 };
const ALERT = { fired_at: 20, recovered_at: null, student: 3, name: "Ada", reason: "No face for 30 s." };

test("figures name when the student joined, how long, how often, and how much was readable", () => {
  assert.deepEqual(listFigures(DETAILS), [
    ["Joined", "15:30"],
    ["Minutes in class", "12"],
    ["Rejoined", "2"],
    ["Readable snapshots", "30 of 40 (75 %)"],
  ]);
});

test("figures that do not exist yet are dashes", () => {
  const values = listFigures({ ...DETAILS, joined_at: null, readings: 0, certain: 0 }).map(([, value]) => value);
  assert.deepEqual(values, ["–", "12", "2", "–"]);
});

test("seconds in class are not zero minutes", () => {
  const [, [, shown]] = listFigures({ ...DETAILS, minutes: 0.02 });
  assert.equal(shown, "<1");
});

test("answers and alerts are listed newest first", () => {
  const said = [
    { answer: "lost", at: 10 },
    { answer: "all_good", at: 30 },
  ];
  assert.deepEqual(listEvents({ said, alerts: [ALERT] }), [
    { at: 30, icon: "all_good", answer: "all_good", text: "All good" },
    { at: 20, icon: "alert", answer: null, text: "No face for 30 s." },
    { at: 10, icon: "lost", answer: "lost", text: "Lost" },
  ]);
});

test("an ended alert tells when it ended", () => {
  const [event] = listEvents({ said: [], alerts: [{ ...ALERT, recovered_at: at("10:12:59") }] });
  assert.equal(event.text, "No face for 30 s. Ended at 15:42.");
});

test("markers and alerts are annotated in order, each alert with a line and a label", () => {
  const marker = { at: 25, text: "Pause" };
  assert.deepEqual(listAnnotations({ markers: [marker], alerts: [ALERT] }), [
    { at: 20, text: "Alert: Ada", isAlert: true, isSmall: false },
    marker,
  ]);
});

test("in an anonymous class nothing is said about a student's snapshots", () => {
  const labels = listFigures({ ...DETAILS, readings: null, certain: null }).map(([label]) => label);
  assert.deepEqual(labels, ["Joined", "Minutes in class", "Rejoined"]);
});
