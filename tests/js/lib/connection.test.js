import { freezeTime, resetPage, settle } from "../page.js";
import { FakeWebSocket } from "./fake-web-socket.js";

import assert from "node:assert/strict";
import test from "node:test";

import { Connection } from "../../../static/js/lib/connection.js";

function connect(t) {
  resetPage();
  const tick = freezeTime(t);
  t.mock.method(Math, "random", () => 1);
  FakeWebSocket.all = [];
  const log = [];
  const server = { answers: true, polls: 0 };
  const connection = new Connection("/ws/classes/7/", {
    onState: (state) => log.push(state),
    onMessage: ({ type }) => log.push(`message ${type}`),
    onFinal: (code) => log.push(`final ${code}`),
    onBlocked: (isBlocked) => log.push(isBlocked ? "blocked" : "free"),
    poll() {
      server.polls += 1;
      return Promise.resolve(server.answers);
    },
  });
  connection.open();
  const last = () => FakeWebSocket.all.at(-1);
  const advance = async (ms) => {
    tick(ms);
    await settle();
  };
  const fail = async () => {
    last().closes(1006);
    await settle();
  };
  return { connection, server, last, advance, fail, takeLog: () => log.splice(0) };
}

test("with a socket nothing is polled", async (t) => {
  const { connection, server, last, advance, takeLog } = connect(t);
  last().opens();
  last().receives('{"type": "ready"}');
  await advance(4000);
  assert.deepEqual([takeLog(), server.polls], [["connecting", "open", "message ready"], 0]);
  assert.deepEqual([connection.isOpen, connection.isPolling], [true, false]);
});

test("a lost connection is opened again before anything is polled", async (t) => {
  const { server, last, advance, fail, takeLog } = connect(t);
  last().opens();
  last().receives('{"type": "ready"}');
  takeLog();
  await fail();
  assert.deepEqual([takeLog(), server.polls], [["lost"], 0]);
  await advance(800);
  last().opens();
  last().receives('{"type": "ready"}');
  assert.deepEqual([takeLog(), server.polls], [["lost", "open", "message ready"], 0]);
});

test("once HTTP is answered and a socket still fails, the network blocks it", async (t) => {
  const { connection, server, advance, fail, takeLog } = connect(t);
  await fail();
  // The answer lets the next attempt begin at once.
  assert.deepEqual(takeLog(), ["connecting", "lost", "polling"]);
  assert.deepEqual([server.polls, FakeWebSocket.all.length, connection.isPolling], [1, 2, true]);
  await fail();
  assert.deepEqual(takeLog(), ["blocked"]);
  await advance(5000);
  assert.equal(server.polls, 2);
  assert.equal(new Set(takeLog()).has("lost"), false);
});

test("a server that answers no request is down: nothing is said of the network", async (t) => {
  const { server, advance, fail, takeLog } = connect(t);
  server.answers = false;
  await fail();
  await advance(800);
  await fail();
  await advance(5000);
  assert.deepEqual(new Set(takeLog()), new Set(["connecting", "lost"]));
});

test("polling that fails shows the connection as lost, until it succeeds again", async (t) => {
  const { server, advance, fail, takeLog } = connect(t);
  await fail();
  await fail();
  takeLog();
  server.answers = false;
  await advance(5000);
  assert.deepEqual(takeLog().slice(-2), ["lost", "free"]);
  server.answers = true;
  await advance(5000);
  assert.equal(takeLog().includes("polling"), true);
});

test("the first message of a socket ends the polling", async (t) => {
  const { connection, server, last, advance, fail, takeLog } = connect(t);
  await fail();
  takeLog();
  last().opens();
  last().receives('{"type": "ready"}');
  assert.deepEqual(takeLog(), ["open", "message ready"]);
  await advance(4000);
  assert.deepEqual([server.polls, connection.isPolling], [1, false]);
});

test("a closed connection polls no more", async (t) => {
  const { connection, server, advance, fail, takeLog } = connect(t);
  await fail();
  takeLog();
  connection.close();
  await advance(60_000);
  assert.deepEqual([takeLog(), server.polls], [["closed"], 1]);
});
