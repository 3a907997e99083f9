import "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { TimelineAnnotations } from "../../../static/js/teacher/timeline-annotations.js";

const MARKER = { at: 30, text: "Pause" };
const ALERT = { id: 1, fired_at: 20, student: 7, name: "Ada" };
const ABOUT_CLASS = { id: 2, fired_at: 40, student: null, name: null };

test("markers and alerts are annotations in the order of time", () => {
  const shown = [];
  const annotations = new TimelineAnnotations((all) => shown.push(all));
  annotations.setMarkers([MARKER]);
  annotations.addAlerts([ABOUT_CLASS, ALERT]);
  assert.deepEqual(shown, [
    [MARKER],
    [
      { at: 20, text: "Alert: Ada", isAlert: true, isSmall: true },
      MARKER,
      { at: 40, text: "Alert: The class", isAlert: true, isSmall: false },
    ],
  ]);
});

test("markers replace those before, alerts are added once each", () => {
  const annotations = new TimelineAnnotations(() => {});
  annotations.setMarkers([MARKER]);
  annotations.addAlerts([ALERT]);
  annotations.setMarkers([{ at: 50, text: "Exercise" }]);
  annotations.addAlerts([ALERT, ABOUT_CLASS]);
  assert.deepEqual(
    annotations.all.map(({ at }) => at),
    [20, 40, 50],
  );
});

test("alerts that the class's explains leave the timeline", () => {
  const annotations = new TimelineAnnotations(() => {});
  annotations.addAlerts([ALERT]);
  annotations.addAlerts([{ ...ABOUT_CLASS, explains: [{ id: ALERT.id }] }]);
  assert.deepEqual(
    annotations.all.map(({ text }) => text),
    ["Alert: The class"],
  );
});

test("a fetched state replaces the alerts", () => {
  const annotations = new TimelineAnnotations(() => {});
  annotations.addAlerts([ALERT]);
  annotations.setAlerts([ABOUT_CLASS], []);
  assert.deepEqual(
    annotations.all.map(({ text }) => text),
    ["Alert: The class"],
  );
});

test("a fetched state that arrives late keeps the alerts that the panel has, and hides those that they explain", () => {
  const annotations = new TimelineAnnotations(() => {});
  annotations.setAlerts([ALERT], [{ ...ABOUT_CLASS, explains: [{ id: ALERT.id }] }]);
  assert.deepEqual(
    annotations.all.map(({ text }) => text),
    ["Alert: The class"],
  );
});
