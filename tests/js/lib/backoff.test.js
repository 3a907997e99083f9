import assert from "node:assert/strict";
import test from "node:test";

import { Backoff } from "../../../static/js/lib/backoff.js";

function delays(backoff, count) {
  return Array.from({ length: count }, () => backoff.nextDelay());
}

test("delays double from 800 ms up to 30 s", (t) => {
  t.mock.method(Math, "random", () => 1);
  assert.deepEqual(delays(new Backoff(), 8), [800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
});

test("jitter takes away at most half of a delay", (t) => {
  t.mock.method(Math, "random", () => 0);
  assert.deepEqual(delays(new Backoff(), 7), [400, 800, 1600, 3200, 6400, 12_800, 15_000]);
});

test("a reset starts again from the shortest delay", (t) => {
  t.mock.method(Math, "random", () => 0.5);
  const backoff = new Backoff();
  assert.equal(backoff.attempts, 0);
  assert.deepEqual(delays(backoff, 3), [600, 1200, 2400]);
  assert.equal(backoff.attempts, 3);
  backoff.reset();
  assert.equal(backoff.attempts, 0);
  assert.deepEqual(delays(backoff, 1), [600]);
});
