import { element } from "../elements.js";
import { deferred, freezeTime, resetPage, settle } from "../page.js";
import { FakeWebSocket } from "../lib/fake-web-socket.js";
import { installCanvas } from "./fake-canvas.js";

import assert from "node:assert/strict";
import test from "node:test";

import { AttendView } from "../../../static/js/student/attend-view.js";

const NOTICE_GONE_MS = 8_000;
const TOO_COSTLY = "Your camera stays off in this class.";

let pages = 0;

// An element that has every part it is asked for.
function part() {
  const parts = new Map();
  const ignore = () => {};
  const found = (selector) => parts.get(selector) ?? parts.set(selector, part()).get(selector);
  return Object.assign(element(), {
    querySelector: found,
    querySelectorAll: () => [],
    contains: () => false,
    closest: () => null,
    play: () => Promise.resolve(),
    focus: ignore,
    removeAttribute: ignore,
    getContext: () => ({ drawImage: ignore, clearRect: ignore }),
    style: { setProperty: ignore },
  });
}

// A page in class whose camera is on. Every look at its video shows a new frame.
async function cameraOn(t) {
  resetPage();
  const advance = freezeTime(t);
  installCanvas();
  globalThis.HTMLMediaElement = { HAVE_CURRENT_DATA: 2 };
  globalThis.localStorage = { getItem: () => null, setItem() {} };
  const stops = [];
  const track = Object.assign(new EventTarget(), { muted: false, getSettings: () => ({}), stop: () => stops.push(1) });
  const stream = { getTracks: () => [track], getVideoTracks: () => [track] };
  const mediaDevices = Object.assign(new EventTarget(), {
    enumerateDevices: () => Promise.resolve([]),
    getUserMedia: () => Promise.resolve(stream),
  });
  Object.defineProperty(globalThis, "navigator", { value: { mediaDevices }, configurable: true });
  const root = part();
  root.dataset = { socket: "/ws/", consent: "yes" };
  root.querySelector('[data-part="finished"]').hidden = true;
  let frame = 0;
  const video = Object.assign(root.querySelector('[data-part="video"]'), { readyState: 2, width: 320, height: 240 });
  const nextPixels = () => {
    frame += 1;
    return Array.from({ length: 800 }, (_, index) => (index * 7 + frame) % 256);
  };
  Object.defineProperty(video, "pixels", { get: nextPixels });
  document.querySelector = () => root;
  document.createElement = document.createElementNS = element;
  pages += 1;
  await import(`../../../static/js/student/attend.js?${pages}`); // a module runs once per address
  const socket = FakeWebSocket.all.at(-1);
  socket.opens();
  const receive = (message) => socket.receives(JSON.stringify(message));
  receive({ type: "welcome", camera: "paused", limits: { max_bytes: 60_000 }, said: null, hand_up: false, now: 0 });
  const click = (action) => {
    const event = new Event("click");
    Object.defineProperty(event, "target", { value: { closest: () => ({ dataset: { action } }) } });
    root.dispatchEvent(event);
  };
  click("start");
  await until(() => socket.sent.includes(JSON.stringify({ type: "start" })));
  receive({ type: "camera", camera: "on" });
  const notice = root.querySelector('[data-part="notice"]').querySelector("[data-text]");
  const word = root.querySelector("[data-part=reading]").querySelector("[data-word]");
  return {
    ...{ advance, receive, click, root, socket, stops, mediaDevices },
    ...{ notice: () => notice.textContent, word: () => word.textContent },
  };
}

async function until(condition) {
  for (let turn = 0; turn < 200 && !condition(); turn += 1) {
    await settle();
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  assert.ok(condition());
}

test("a camera whose pictures cost too much is stopped, and the reason stays", async (t) => {
  const { advance, receive, root, stops, notice } = await cameraOn(t);
  receive({ type: "camera", camera: "paused" });
  receive({ type: "refused", seq: 1, code: "too_costly", detail: TOO_COSTLY });
  advance(NOTICE_GONE_MS);
  assert.deepEqual([root.dataset.camera, stops.length, notice()], ["off", 1, TOO_COSTLY]);
});

for (const [state, text] of [
  ["paused", "The server stopped your camera. You can start it again."],
  ["no_consent", "Your camera was stopped because your consent was withdrawn or its text has changed."],
  ["none", ""],
]) {
  test(`a camera that becomes ${state} is stopped`, async (t) => {
    const { receive, root, stops, notice } = await cameraOn(t);
    receive({ type: "camera", camera: state });
    assert.deepEqual([root.dataset.camera, stops.length, notice()], ["off", 1, text]);
    assert.equal(location.reload.mock.callCount(), state === "none" ? 1 : 0);
  });
}

// The camera, paused and started again while the browser asks the student.
async function startingAgain(t) {
  const page = await cameraOn(t);
  const { promise, resolve } = deferred();
  const { getUserMedia } = page.mediaDevices;
  page.mediaDevices.getUserMedia = () => promise.then(getUserMedia);
  page.click("pause");
  page.click("start");
  return { ...page, allow: resolve };
}

test("a late answer to a pause does not show a camera that is starting as off", async (t) => {
  const { receive, root, word, allow } = await startingAgain(t);
  receive({ type: "camera", camera: "paused" });
  assert.deepEqual([root.dataset.camera, word()], ["starting", "Paused: the camera is starting"]);
  allow();
  await until(() => root.dataset.camera === "on");
});

test("a camera that is starting stops if the student’s consent ends", async (t) => {
  const { receive, root, stops, notice, allow } = await startingAgain(t);
  receive({ type: "camera", camera: "no_consent" });
  assert.equal(root.dataset.camera, "off");
  assert.equal(notice(), "Your camera was stopped because your consent was withdrawn or its text has changed.");
  allow();
  await until(() => stops.length === 2);
});

test("a camera that is starting stops if the network proves to block the socket", async (t) => {
  const { advance, root, socket, stops, allow } = await startingAgain(t);
  const json = () => Promise.resolve({ now: 0, said: null, hand_up: false });
  t.mock.method(globalThis, "fetch", () => Promise.resolve({ ok: true, status: 200, json }));
  socket.closes(1006);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    advance(1_600);
    FakeWebSocket.all.at(-1).closes(1006);
    await settle();
  }
  assert.deepEqual([root.querySelector('[data-part="blocked"]').hidden, root.dataset.camera], [false, "off"]);
  allow();
  await until(() => stops.length === 2);
});

test("a camera that starts while the connection is back is shown as starting", async (t) => {
  const { advance, receive, root, socket, word } = await startingAgain(t);
  socket.closes(1006);
  assert.equal(word(), "Connection lost");
  advance(30_000);
  FakeWebSocket.all.at(-1).opens();
  receive({ type: "welcome", camera: "paused", limits: { max_bytes: 60_000 }, said: null, hand_up: false, now: 0 });
  assert.deepEqual([root.dataset.camera, word()], ["starting", "Paused: the camera is starting"]);
});

function reading(expression) {
  const names = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"];
  const probabilities = Object.fromEntries(names.map((name) => [name, name === expression ? 0.7 : 0.05]));
  return { type: "result", faces: 1, expression, uncertain: null, confidence: 0.7, probabilities, box: null };
}

test("a start that was disabled before a reload, which Firefox remembers, is possible again", async (t) => {
  const { root } = await cameraOn(t);
  const start = root.querySelector('[data-part="start"]');
  start.disabled = true;
  assert.equal(new AttendView(root).part("start").disabled, false);
});

test("a student whose network blocks sockets is shown as their tile is: paused", async (t) => {
  const { root, word } = await cameraOn(t);
  new AttendView(root).showConnection("polling");
  assert.equal(word(), "Paused: your camera is off");
});

test("a student sees what their tile shows for the last ten seconds, not each reading", async (t) => {
  const { advance, receive, root, word } = await cameraOn(t);
  const hint = () => root.querySelector('[data-part="hint"]').textContent;
  for (const expression of ["neutral", "neutral", "sad"]) receive(reading(expression));
  assert.equal(word(), "Neutral");
  advance(9_000);
  receive({ ...reading("sad"), uncertain: "too_dark" });
  assert.deepEqual([word(), hint()], ["Neutral", ""]);
  receive({ type: "result", faces: 0, expression: null, uncertain: null, probabilities: null, box: null });
  assert.deepEqual([word(), hint()], ["Neutral", "No face in view. Move into view if you like."]);
  advance(1_000);
  assert.equal(word(), "Cannot tell");
  receive({ type: "result", faces: 0, expression: null, uncertain: null, probabilities: null, box: null });
  advance(9_000);
  assert.equal(word(), "No face");
  advance(1_000);
  assert.equal(word(), "Waiting for the next reading");
});
