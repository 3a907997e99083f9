import { freezeTime, resetPage } from "../page.js";
import { FakeWebSocket } from "./fake-web-socket.js";

import assert from "node:assert/strict";
import test from "node:test";

import { LiveSocket } from "../../../static/js/lib/live-socket.js";

function connect(t) {
  resetPage();
  const advance = freezeTime(t);
  t.mock.method(Math, "random", () => 1);
  FakeWebSocket.all = [];
  const states = [];
  const messages = [];
  const finals = [];
  const socket = new LiveSocket("/ws/classes/7/", {
    onState: (state) => states.push(state),
    onMessage: (message) => messages.push(message),
    onFinal: (code) => finals.push(code),
  });
  socket.open();
  const last = () => FakeWebSocket.all.at(-1);
  return { socket, states, messages, finals, last, advance, count: () => FakeWebSocket.all.length };
}

test("a socket connects to the page's host and reports its states", (t) => {
  const { socket, states, last } = connect(t);
  assert.equal(last().url, "wss://attune.example/ws/classes/7/");
  assert.equal(socket.isOpen, false);
  last().opens();
  assert.equal(socket.isOpen, true);
  assert.deepEqual(states, ["connecting", "open"]);
});

test("messages are parsed, objects are sent as JSON and buffers as they are", (t) => {
  const { socket, messages, last } = connect(t);
  socket.send({ type: "too early" });
  last().opens();
  last().receives('{"type": "welcome"}');
  const bytes = new ArrayBuffer(3);
  socket.send({ type: "leave" });
  socket.send(bytes);
  assert.deepEqual(messages, [{ type: "welcome" }]);
  assert.deepEqual(last().sent, ['{"type":"leave"}', bytes]);
});

test("a lost connection is opened again after growing delays", (t) => {
  const { states, last, count, advance } = connect(t);
  for (const delay of [800, 1600, 3200]) {
    const before = count();
    last().closes(1006);
    advance(delay - 1);
    assert.equal(count(), before);
    advance(1);
    assert.equal(count(), before + 1);
  }
  assert.deepEqual(states, ["connecting", "lost", "lost", "lost", "lost", "lost", "lost"]);
});

for (const [lastedMs, nextDelay] of [
  [10_000, 1600],
  [10_001, 800],
]) {
  test(`after a connection that lasted ${lastedMs} ms the next delay is ${nextDelay} ms`, (t) => {
    const { last, count, advance } = connect(t);
    last().closes(1006);
    advance(800);
    last().opens();
    advance(lastedMs);
    last().closes(1006);
    advance(nextDelay - 1);
    assert.equal(count(), 2);
    advance(1);
    assert.equal(count(), 3);
  });
}

for (const code of [1000, 4400, 4401, 4403, 4404, 4409, 4410, 4429]) {
  test(`close code ${code} is final`, (t) => {
    const { states, finals, last, count, advance } = connect(t);
    last().opens();
    last().closes(code);
    advance(60_000);
    assert.deepEqual([states, finals, count()], [["connecting", "open", "closed"], [code], 1]);
  });
}

for (const code of [1001, 1006, 1011, 4500]) {
  test(`close code ${code} is not final`, (t) => {
    const { finals, last, count, advance } = connect(t);
    last().closes(code);
    advance(800);
    assert.deepEqual([finals, count()], [[], 2]);
  });
}

test("going online and showing the page end the wait for the next attempt", (t) => {
  const { last, count, advance } = connect(t);
  last().closes(1006);
  window.dispatchEvent(new Event("online"));
  assert.equal(count(), 2);
  advance(60_000);
  assert.equal(count(), 2);
  last().closes(1006);
  document.dispatchEvent(new Event("visibilitychange"));
  assert.equal(count(), 3);
  window.dispatchEvent(new Event("online"));
  assert.equal(count(), 3);
});

test("a dropped connection counts as lost at once, and its late events are ignored", (t) => {
  const { socket, states, messages, last, count, advance } = connect(t);
  last().opens();
  const dead = last();
  socket.reconnect();
  assert.deepEqual([states.at(-1), dead.closedWith, socket.connection], ["lost", 1005, null]);
  advance(800);
  dead.receives('{"type": "late"}');
  dead.closes(1006);
  advance(7_000);
  assert.deepEqual([messages, count(), socket.connection], [[], 2, last()]);
});

test("going offline drops the connection", (t) => {
  const { states, last } = connect(t);
  last().opens();
  window.dispatchEvent(new Event("offline"));
  assert.equal(states.at(-1), "lost");
});

test("a closed socket stays closed, even if it was waiting to reconnect", (t) => {
  const { socket, states, last, count, advance } = connect(t);
  last().closes(1006);
  socket.close();
  advance(60_000);
  window.dispatchEvent(new Event("online"));
  assert.deepEqual([states.at(-1), count()], ["closed", 1]);
});

test("closing tells the server with code 1000", (t) => {
  const { socket, finals, last } = connect(t);
  last().opens();
  const open = last();
  socket.close();
  open.closes(1000);
  assert.deepEqual([open.closedWith, finals], [1000, []]);
});

test("an opening that takes longer than eight seconds is given up", (t) => {
  const { socket, states, last, count, advance } = connect(t);
  advance(7999);
  assert.deepEqual(states, ["connecting"]);
  advance(1);
  assert.deepEqual([states, last().closedWith, socket.failures], [["connecting", "lost"], 1005, 1]);
  advance(800);
  assert.equal(count(), 2);
});

test("a silent connection is asked for an answer, and dropped without one within 15 seconds", (t) => {
  const { states, last, advance } = connect(t);
  last().opens();
  advance(4999);
  assert.deepEqual(last().sent, []);
  advance(1);
  assert.deepEqual(last().sent, ['{"type":"ping"}']);
  advance(9999);
  assert.equal(states.at(-1), "open");
  advance(1);
  assert.equal(states.at(-1), "lost");
});

test("any message is an answer, and starts the silence again", (t) => {
  const { states, messages, last, advance } = connect(t);
  last().opens();
  for (let times = 0; times < 3; times += 1) {
    advance(14_999);
    last().receives('{"type": "pong"}');
  }
  assert.deepEqual([states.at(-1), messages.length, last().sent.length], ["open", 3, 3]);
});

test("a page that is shown again asks at once", (t) => {
  const { last, states, advance } = connect(t);
  last().opens();
  document.dispatchEvent(new Event("visibilitychange"));
  assert.deepEqual(last().sent, ['{"type":"ping"}']);
  advance(10_000);
  assert.equal(states.at(-1), "lost");
});

test("a closed socket asks for nothing", (t) => {
  const { socket, last, states, advance } = connect(t);
  last().opens();
  socket.close();
  advance(60_000);
  assert.deepEqual([last().sent, states.at(-1)], [[], "closed"]);
});

test("connections that bring no message count as failures, until one does", (t) => {
  const { socket, last, advance } = connect(t);
  last().closes(1006);
  advance(800);
  last().opens();
  last().closes(1006);
  assert.equal(socket.failures, 2);
  advance(1600);
  last().opens();
  last().receives('{"type": "ready"}');
  assert.equal(socket.failures, 0);
  last().closes(1006);
  assert.equal(socket.failures, 0);
});
