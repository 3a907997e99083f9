import { deferred, freezeTime, settle } from "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { openFrameSource } from "../../../static/js/student/frames.js";

const LATE = { message: "The camera gave no frame in time." };

function fakeFrame() {
  return {
    closed: 0,
    close() {
      this.closed += 1;
    },
  };
}

// A source whose reads are settled by the test, in order.
function processor() {
  const reads = [];
  const reader = {
    cancelled: 0,
    cancel() {
      this.cancelled += 1;
      return Promise.resolve();
    },
  };
  reader.read = () => {
    reads.push(deferred());
    return reads.at(-1).promise;
  };
  globalThis.MediaStreamTrackProcessor = class {
    readable = { getReader: () => reader };
  };
  window.MediaStreamTrackProcessor = globalThis.MediaStreamTrackProcessor;
  return { source: openFrameSource({}, null), reads, reader };
}

function withoutProcessor() {
  delete window.MediaStreamTrackProcessor;
  delete window.ImageCapture;
}

test("a processor gives the next frame", async () => {
  const { source, reads } = processor();
  const grabbed = source.grab();
  const frame = fakeFrame();
  reads[0].resolve({ value: frame, done: false });
  assert.equal(await grabbed, frame);
  assert.equal(frame.closed, 0);
});

test("a frame that comes too late is closed, and the next grab reads a new one", async (t) => {
  const advance = freezeTime(t);
  const { source, reads } = processor();
  const late = assert.rejects(source.grab(), LATE);
  advance(1500);
  await late;
  const [old, fresh] = [fakeFrame(), fakeFrame()];
  reads[0].resolve({ value: old, done: false });
  const grabbed = source.grab();
  await settle();
  assert.equal(reads.length, 2);
  reads[1].resolve({ value: fresh, done: false });
  assert.equal(await grabbed, fresh);
  assert.deepEqual([old.closed, fresh.closed], [1, 0]);
});

test("while a read is pending no other is begun", async (t) => {
  const advance = freezeTime(t);
  const { source, reads } = processor();
  for (let times = 0; times < 2; times += 1) {
    const late = assert.rejects(source.grab(), LATE);
    advance(1500);
    await late;
  }
  assert.equal(reads.length, 1);
});

test("a camera that has stopped gives an error", async () => {
  const { source, reads } = processor();
  const grabbed = source.grab();
  reads[0].resolve({ done: true });
  await assert.rejects(grabbed, { message: "The camera has stopped." });
});

test("stopping closes the frame that a late read still brings", async (t) => {
  const advance = freezeTime(t);
  const { source, reads, reader } = processor();
  const late = assert.rejects(source.grab(), LATE);
  advance(1500);
  await late;
  source.stop();
  const frame = fakeFrame();
  reads[0].resolve({ value: frame, done: false });
  await settle();
  assert.deepEqual([frame.closed, reader.cancelled], [1, 1]);
});

test("a browser without processors captures images", async () => {
  withoutProcessor();
  const track = {};
  globalThis.ImageCapture = class {
    constructor(of) {
      this.track = of;
    }

    grabFrame() {
      return Promise.resolve({ bitmapOf: this.track });
    }
  };
  window.ImageCapture = globalThis.ImageCapture;
  assert.deepEqual(await openFrameSource(track, null).grab(), { bitmapOf: track });
});

test("a browser without both draws the video, once it has a frame", async (t) => {
  const advance = freezeTime(t);
  withoutProcessor();
  globalThis.HTMLMediaElement = { HAVE_CURRENT_DATA: 2 };
  const video = Object.assign(new EventTarget(), { readyState: 1 });
  const source = openFrameSource({}, video);
  const late = assert.rejects(source.grab(), LATE);
  advance(1500);
  await late;
  const grabbed = source.grab();
  video.dispatchEvent(new Event("loadeddata"));
  assert.equal(await grabbed, video);
  video.readyState = 2;
  assert.equal(await source.grab(), video);
});
