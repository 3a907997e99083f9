import { deferred, settle } from "../page.js";
import { installCanvas } from "./fake-canvas.js";

import assert from "node:assert/strict";
import test from "node:test";

import { CreditAnswerer } from "../../../static/js/student/credits.js";

const CREDIT = { seq: 7, width: 320, quality: 0.7, faces_only: false };
const image = (values) => ({
  width: 320,
  height: 240,
  closed: 0,
  close() {
    this.closed += 1;
  },
  ...values,
});

// `find` finds faces in this browser; null if nothing does.
function answerer(grab, find = null) {
  installCanvas(() => 3);
  const socket = {
    connection: "first",
    sent: [],
    send(data) {
      this.sent.push([...new Uint8Array(data)]);
    },
  };
  const source = {
    grab,
    stopped: 0,
    stop() {
      this.stopped += 1;
    },
  };
  const log = [];
  const credits = new CreditAnswerer(socket, {
    faces: { prepare: () => Promise.resolve(find) },
    onSent: ({ bytes, isWhole, picture }) => log.push([bytes, isWhole, picture && [picture.width, picture.height]]),
    onFacesOnly: () => log.push("faces only"),
  });
  credits.start(source);
  return { credits, socket, source, log };
}

test("a credit is answered with one snapshot of its number and age", async (t) => {
  let now = 1000;
  t.mock.method(performance, "now", () => (now += 20));
  const frame = image();
  const { credits, socket } = answerer(() => Promise.resolve(frame));
  await credits.answer(CREDIT);
  assert.deepEqual(socket.sent, [[0, 0, 0, 7, 0, 0, 0, 20, 7, 7, 7]]);
  assert.equal(frame.closed, 1);
});

test("without a camera a credit expires", async () => {
  const { credits, socket } = answerer(() => Promise.resolve(image()));
  credits.stop();
  await credits.answer(CREDIT);
  assert.deepEqual(socket.sent, []);
});

test("a credit that comes while another is answered has replaced it", async () => {
  const { promise, resolve } = deferred();
  const { credits, socket } = answerer(() => promise);
  const first = credits.answer(CREDIT);
  await settle();
  await credits.answer({ ...CREDIT, seq: 8 });
  await credits.answer({ ...CREDIT, seq: 9 });
  resolve(image());
  await first;
  assert.deepEqual(
    socket.sent.map((bytes) => bytes[3]),
    [9],
  );
  await credits.answer({ ...CREDIT, seq: 10 });
  assert.deepEqual(
    socket.sent.map((bytes) => bytes[3]),
    [9, 10],
  );
});

test("credits that expire while the networks load are not answered, the newest is", async () => {
  const loading = deferred();
  const { credits, socket } = answerer(() => Promise.resolve(image()), loading.promise);
  const first = credits.answer({ ...CREDIT, faces_only: true });
  for (const seq of [8, 9]) await credits.answer({ ...CREDIT, seq, faces_only: true });
  loading.resolve(() => Promise.resolve([]));
  await first;
  assert.deepEqual(
    socket.sent.map((bytes) => bytes[3]),
    [9],
  );
});

test("a camera that is paused meanwhile sends nothing", async () => {
  const { promise, resolve } = deferred();
  const { credits, socket, source } = answerer(() => promise);
  const answered = credits.answer(CREDIT);
  await settle();
  credits.stop();
  const frame = image();
  resolve(frame);
  await answered;
  assert.deepEqual([socket.sent, source.stopped, frame.closed], [[], 1, 1]);
});

test("a credit of an earlier connection is not answered over the next one", async () => {
  const { promise, resolve } = deferred();
  const { credits, socket } = answerer(() => promise);
  const answered = credits.answer(CREDIT);
  await settle();
  socket.connection = "second";
  resolve(image());
  await answered;
  assert.deepEqual(socket.sent, []);
});

test("after a frame that failed the next credit is answered", async () => {
  const frames = [Promise.reject(new Error("no frame")), Promise.resolve(image())];
  const { credits, socket } = answerer(() => frames.shift());
  await credits.answer(CREDIT);
  await credits.answer({ ...CREDIT, seq: 8 });
  assert.deepEqual(
    socket.sent.map((bytes) => bytes[3]),
    [8],
  );
});

test("a frame that cannot be made small enough is not sent, and is closed", async () => {
  const frame = image();
  const { credits, socket } = answerer(() => Promise.resolve(frame));
  credits.maxBytes = 2;
  await credits.answer(CREDIT);
  assert.deepEqual([socket.sent, frame.closed], [[], 1]);
});

test("another camera replaces the first, which is stopped", async () => {
  const { credits, socket, source } = answerer(() => Promise.reject(new Error("stopped")));
  credits.start({ grab: () => Promise.resolve(image()), stop() {} });
  await credits.answer(CREDIT);
  assert.deepEqual([source.stopped, socket.sent.length], [1, 1]);
});

const FACE = { box: [100, 60, 80, 80], score: 0.5, keypoints: [[120, 90], [160, 90]] }; // prettier-ignore

test("where faces are found in this browser, a message has the face alone", async () => {
  const { credits, socket, log } = answerer(
    () => Promise.resolve(image({ pixels: new Array(4 * 128 * 128).fill(9) })),
    () => Promise.resolve([FACE]),
  );
  await credits.answer({ ...CREDIT, faces_only: true });
  const [bytes] = socket.sent;
  assert.deepEqual(bytes.slice(8, 14), [2, 1, 1, 64, 0, 240]);
  assert.deepEqual([bytes.length, bytes.slice(-4)], [8 + 6 + 44 + 3, [128, 7, 7, 7]]);
  assert.deepEqual(log, [[61, false, [128, 128]]]);
});

test("a frame without a face sends no picture", async () => {
  const { credits, socket, log } = answerer(
    () => Promise.resolve(image()),
    () => Promise.resolve([]),
  );
  await credits.answer(CREDIT);
  assert.deepEqual(socket.sent[0].slice(8), [2, 0, 1, 64, 0, 240]);
  assert.deepEqual(log, [[14, false, null]]);
});

test("a whole frame is told as such", async () => {
  const { credits, log } = answerer(() => Promise.resolve(image()));
  await credits.answer(CREDIT);
  assert.deepEqual(log, [[11, true, null]]);
});

test("a course that accepts only faces gets no whole frame", async () => {
  const { credits, socket, log } = answerer(() => Promise.resolve(image()));
  await credits.answer({ ...CREDIT, faces_only: true });
  assert.deepEqual([socket.sent, log], [[], ["faces only"]]);
});
