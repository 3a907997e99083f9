import { deferred, freezeTime, resetPage, settle } from "../page.js";
import { FakeWebSocket } from "../lib/fake-web-socket.js";

import assert from "node:assert/strict";
import test from "node:test";

import { StudentConnection } from "../../../static/js/student/student-connection.js";

const STATE = { now: 5, said: null, hand_up: false };

function attend(t, status = 200) {
  resetPage();
  const advance = freezeTime(t);
  FakeWebSocket.all = [];
  document.querySelector = () => ({ value: "token" });
  const server = { status };
  const fetch = t.mock.method(globalThis, "fetch", () =>
    Promise.resolve({ ok: server.status < 400, status: server.status, json: () => Promise.resolve(STATE) }),
  );
  const log = [];
  const root = { dataset: { socket: "/ws/", attendanceUrl: "/api/sessions/7/attendance/" } };
  const connection = new StudentConnection(root, {
    onState: (state) => log.push(state),
    onMessage() {},
    onFinal: (code) => log.push(code),
    onBlocked() {},
    onResponses: (state) => log.push(state),
  });
  connection.open();
  const posts = () => {
    const sent = fetch.mock.calls.map(({ arguments: [url, { method, body }] }) => [method, url, JSON.parse(body)]);
    fetch.mock.resetCalls();
    return sent;
  };
  return { connection, server, log, posts, advance, fetch };
}

async function block() {
  FakeWebSocket.all.at(-1).closes(1006);
  await settle();
}

test("commands go over the socket", (t) => {
  const { connection, posts } = attend(t);
  FakeWebSocket.all[0].opens();
  connection.send({ type: "say", answer: "lost" });
  assert.deepEqual(FakeWebSocket.all[0].sent, ['{"type":"say","answer":"lost"}']);
  assert.deepEqual(posts(), []);
});

test("where the socket is blocked, requests keep the student in class and carry their responses", async (t) => {
  const { connection, log, posts } = attend(t);
  await block();
  assert.deepEqual(log, ["connecting", "lost", STATE, "polling"]);
  const url = "/api/sessions/7/attendance/";
  assert.deepEqual(posts(), [["POST", url, { joins: true }]]);
  for (const message of [
    { type: "say", answer: "lost" },
    { type: "hand", up: true },
    { type: "leave" },
    { type: "start" },
    { type: "pause" },
  ]) {
    connection.send(message);
  }
  assert.deepEqual(posts(), [
    ["POST", url, { answer: "lost" }],
    ["POST", url, { hand_up: true }],
    ["POST", url, { left: true }],
  ]);
  await settle();
});

test("polls after the first do not join, until the student comes back", async (t) => {
  const { connection, posts, advance } = attend(t);
  await block();
  advance(5_000);
  await settle();
  connection.send({ type: "leave" });
  connection.close();
  connection.open();
  await block();
  assert.deepEqual(
    posts().map(([, , body]) => body),
    [{ joins: true }, {}, { left: true }, { joins: true }],
  );
});

test("a student who leaves while the first poll is under way has left once it is answered", async (t) => {
  const { connection, log, posts } = attend(t);
  FakeWebSocket.all[0].closes(1006);
  connection.send({ type: "leave" });
  connection.close();
  await settle();
  assert.deepEqual(
    posts().map(([, , body]) => body),
    [{ joins: true }, { left: true }],
  );
  assert.deepEqual(log, ["connecting", "lost", "closed"]);
});

test("the answer to a poll that a later request overtook is not shown", async (t) => {
  const { connection, log, advance, fetch } = attend(t);
  await block();
  const poll = deferred();
  fetch.mock.mockImplementationOnce(() => poll.promise);
  advance(5_000);
  connection.send({ type: "hand", up: true });
  await settle();
  log.splice(0);
  poll.resolve({ ok: true, status: 200, json: () => Promise.resolve({ now: 4, said: null, hand_up: false }) });
  await settle();
  assert.deepEqual(log, []);
  connection.send({ type: "hand", up: false });
  await settle();
  assert.deepEqual(log, [STATE]);
});

for (const status of [200, 409]) {
  test(`the answer ${status} to a poll that the socket overtook changes nothing`, async (t) => {
    const { connection, log, fetch } = attend(t);
    const poll = deferred();
    fetch.mock.mockImplementationOnce(() => poll.promise);
    FakeWebSocket.all[0].closes(1006);
    connection.open();
    FakeWebSocket.all[1].opens();
    FakeWebSocket.all[1].receives("{}");
    log.splice(0);
    poll.resolve({ ok: status === 200, status, json: () => Promise.resolve(STATE) });
    await settle();
    assert.deepEqual(log, []);
  });
}

for (const [status, code] of [
  [403, 4401],
  [404, 4403],
  [409, 1000],
  [410, 4410],
]) {
  test(`status ${status} ends the attendance like close code ${code}`, async (t) => {
    const { log } = attend(t, status);
    await block();
    assert.deepEqual(log, ["connecting", "lost", code]);
  });
}

test("an error of the server ends nothing", async (t) => {
  const { log } = attend(t, 503);
  await block();
  assert.deepEqual(log, ["connecting", "lost"]);
});
