import { freezeTime, resetPage } from "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { Attendance } from "../../../static/js/student/attendance.js";

function join(t, { isOpen = true } = {}) {
  resetPage();
  const advance = freezeTime(t);
  const log = [];
  const view = {
    isFinished: false,
    showFinished(code) {
      this.isFinished = true;
      log.push(`finished ${code}`);
    },
    showClass() {
      this.isFinished = false;
      log.push("class");
    },
  };
  const socket = {
    isOpen,
    open: () => log.push("open"),
    close: () => log.push("close"),
    send: ({ type }) => log.push(`send ${type}`),
  };
  const root = new EventTarget();
  const attendance = new Attendance(view, socket, () => log.push("release"));
  attendance.join(root, { start: () => log.push("start") });
  const press = (action) => {
    const event = new Event("click");
    Object.defineProperty(event, "target", { value: { closest: () => action && { dataset: { action } } } });
    root.dispatchEvent(event);
  };
  return { attendance, press, advance, takeLog: () => log.splice(0) };
}

test("joining opens the socket", (t) => {
  assert.deepEqual(join(t).takeLog(), ["open"]);
});

test("a button runs its action, and a click elsewhere none", (t) => {
  const { press, takeLog } = join(t);
  takeLog();
  press("start");
  press(null);
  assert.deepEqual(takeLog(), ["start"]);
  press("reload");
  assert.equal(location.reload.mock.callCount(), 1);
});

test("leaving releases the camera and tells the server, which ends it", (t) => {
  const { attendance, press, advance, takeLog } = join(t);
  takeLog();
  press("leave");
  assert.deepEqual(takeLog(), ["release", "send leave"]);
  attendance.finish(1000);
  assert.deepEqual(takeLog(), ["release", "close", "finished 1000"]);
  advance(10_000);
  assert.deepEqual(takeLog(), []);
});

test("leaving does not wait for the server longer than 1.5 seconds", (t) => {
  const { press, advance, takeLog } = join(t);
  press("leave");
  takeLog();
  advance(1499);
  assert.deepEqual(takeLog(), []);
  advance(1);
  assert.deepEqual(takeLog(), ["release", "close", "finished 1000"]);
});

test("leaving without a connection ends at once", (t) => {
  const { press, advance, takeLog } = join(t, { isOpen: false });
  press("leave");
  takeLog();
  advance(0);
  assert.deepEqual(takeLog(), ["release", "close", "finished 1000"]);
});

test("a class ends once, for its first reason", (t) => {
  const { attendance, takeLog } = join(t);
  takeLog();
  attendance.finish(4410);
  attendance.finish(4409);
  assert.deepEqual(takeLog(), ["release", "close", "finished 4410"]);
});

test("a student may join again soon after leaving", (t) => {
  const { attendance, press, advance, takeLog } = join(t);
  press("leave");
  press("leave"); // a double click
  attendance.finish(1000);
  takeLog();
  press("rejoin");
  assert.deepEqual(takeLog(), ["class", "open"]);
  advance(10_000);
  assert.deepEqual(takeLog(), []);
  attendance.finish(4410);
  assert.deepEqual(takeLog(), ["release", "close", "finished 4410"]);
});

test("a page from the browser's back-forward cache loads again", (t) => {
  join(t);
  window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }));
  assert.equal(location.reload.mock.callCount(), 0);
  window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  assert.equal(location.reload.mock.callCount(), 1);
});
