import { freezeTime } from "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { IdleTimer } from "../../../static/js/lib/idle-timer.js";

test("an idle timer calls back once, after the given time", (t) => {
  const advance = freezeTime(t);
  let calls = 0;
  const timer = new IdleTimer(1000, () => (calls += 1));
  advance(5000);
  assert.equal(calls, 0);
  timer.restart();
  advance(999);
  assert.equal(calls, 0);
  advance(1);
  assert.equal(calls, 1);
  advance(5000);
  assert.equal(calls, 1);
});

test("each restart begins the time again", (t) => {
  const advance = freezeTime(t);
  let calls = 0;
  const timer = new IdleTimer(1000, () => (calls += 1));
  for (let times = 0; times < 5; times += 1) {
    timer.restart();
    advance(999);
  }
  assert.equal(calls, 0);
  advance(1);
  assert.equal(calls, 1);
});

test("a stopped timer does not call back", (t) => {
  const advance = freezeTime(t);
  let calls = 0;
  const timer = new IdleTimer(1000, () => (calls += 1));
  timer.restart();
  timer.stop();
  advance(5000);
  assert.equal(calls, 0);
});
