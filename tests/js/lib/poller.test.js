import { deferred, freezeTime, settle } from "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { Poller } from "../../../static/js/lib/poller.js";

test("a poller calls at once, and again a while after each call has ended", async (t) => {
  const advance = freezeTime(t);
  const calls = [];
  const poller = new Poller(5000, () => {
    calls.push(deferred());
    return calls.at(-1).promise;
  });
  poller.start();
  poller.start();
  assert.deepEqual([calls.length, poller.isRunning], [1, true]);
  advance(60_000);
  assert.equal(calls.length, 1);
  calls[0].resolve();
  await settle();
  advance(4999);
  assert.equal(calls.length, 1);
  advance(1);
  assert.equal(calls.length, 2);
});

test("a poller that is stopped during a call does not go on after it", async (t) => {
  const advance = freezeTime(t);
  const calls = [];
  const poller = new Poller(5000, () => {
    calls.push(deferred());
    return calls.at(-1).promise;
  });
  poller.start();
  poller.stop();
  poller.start();
  calls[0].resolve();
  await settle();
  advance(60_000);
  assert.equal(calls.length, 2); // the second run's first call is still under way
  poller.stop();
  assert.equal(poller.isRunning, false);
});
