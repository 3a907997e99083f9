import { freezeTime } from "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { RunningWindow } from "../../../static/js/teacher/running-window.js";

const SHOWN = { probabilities: { happy: 1 }, seen: 3, present: 4 };
const MOOD = { ...SHOWN, enrolled: 9 };

test("before the first state there is no window", (t) => {
  freezeTime(t);
  assert.deepEqual(new RunningWindow().update(MOOD), []);
});

test("the window starts at a multiple of its length and has the class's mood", (t) => {
  freezeTime(t, 1_700_000_009);
  const running = new RunningWindow();
  running.start({ now: 1_700_000_009, window_s: 10 });
  assert.deepEqual(running.update(MOOD), [{ at: 1_700_000_000, ...SHOWN }]);
});

test("the server's clock decides which window runs", (t) => {
  const advance = freezeTime(t, 1_700_000_009);
  const running = new RunningWindow();
  running.start({ now: 1_700_000_011.5, window_s: 10 }); // 2.5 s ahead
  assert.deepEqual(running.update(MOOD), [{ at: 1_700_000_010, ...SHOWN }]);
  advance(8_000);
  assert.deepEqual(running.update(MOOD), [{ at: 1_700_000_010, ...SHOWN }]);
  advance(2_000);
  assert.deepEqual(running.update(MOOD), [{ at: 1_700_000_020, ...SHOWN }]);
});

test("the window is drawn at most every two seconds", (t) => {
  const advance = freezeTime(t);
  const running = new RunningWindow();
  running.start({ now: 1_700_000_000, window_s: 10 });
  assert.equal(running.update(MOOD).length, 1);
  advance(1_999);
  assert.equal(running.update(MOOD).length, 0);
  advance(1);
  assert.equal(running.update(MOOD).length, 1);
});
