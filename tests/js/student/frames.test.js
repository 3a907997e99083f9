import { deferred, freezeTime, settle } from "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { openFrameSource, withTimeout } from "../../../static/js/student/frames.js";

const TRACK = { label: "camera" };
const never = () => new Promise(() => {});

globalThis.HTMLMediaElement = { HAVE_CURRENT_DATA: 2 };

function fakeFrame(name) {
  return {
    name,
    displayWidth: 2,
    displayHeight: 1,
    closed: 0,
    close() {
      this.closed += 1;
    },
  };
}

// Each way is a function that gives the next frame of a track, or null if the browser lacks it.
function browser({ read = null, grabFrame = null }) {
  const log = [];
  globalThis.MediaStreamTrackProcessor =
    read &&
    class {
      constructor({ track }) {
        this.readable = {
          getReader: () => ({
            read: () => read(track),
            cancel: () => Promise.resolve(log.push("cancel")),
          }),
        };
      }
    };
  globalThis.ImageCapture = class {
    constructor(track) {
      if (grabFrame) this.grabFrame = () => grabFrame(track);
    }
  };
  return log;
}

function fakeVideo(readyState = 2) {
  return Object.assign(new EventTarget(), { readyState });
}

test("a processor is preferred, and its first frame is closed", async () => {
  const frames = [fakeFrame("first"), fakeFrame("second")];
  const given = [...frames];
  browser({ read: () => Promise.resolve({ value: given.shift(), done: false }) });
  const source = await openFrameSource(TRACK, fakeVideo());
  assert.equal(frames[0].closed, 1);
  assert.equal(await source.grab(), frames[1]);
  assert.equal(frames[1].closed, 0);
});

// A frame of a camera, 2 by 1 pixels, of which a browser makes a copy: an image of the pixels that copyTo writes.
function copiedFrame(values) {
  globalThis.ImageData = class {
    constructor(pixels, width, height) {
      Object.assign(this, { pixels: [...pixels], width, height });
    }
  };
  globalThis.createImageBitmap = (data) => Promise.resolve({ copyOf: data, close() {} });
  return Object.assign(fakeFrame("camera"), {
    visibleRect: { width: 2, height: 1 },
    allocationSize: ({ format }) => (format === "RGBA" ? 8 : 3),
    copyTo: (pixels, { format }) => Promise.resolve(pixels.set(format === "RGBA" ? [1, 2, 3, 255, 5, 6, 7, 255] : [])),
    ...values,
  });
}

// Opens a source whose second frame is this one.
function sourceOf(frame) {
  const given = [fakeFrame("first"), frame];
  browser({ read: () => Promise.resolve({ value: given.shift(), done: false }) });
  return openFrameSource(TRACK, fakeVideo());
}

test("a processor's frame is copied and closed", async () => {
  const frame = copiedFrame();
  const { copyOf } = await (await sourceOf(frame)).grab();
  assert.deepEqual({ ...copyOf }, { pixels: [1, 2, 3, 255, 5, 6, 7, 255], width: 2, height: 1 });
  assert.equal(frame.closed, 1);
});

for (const [name, values] of [
  ["turned", { rotation: 180 }],
  ["mirrored", { flip: true }],
  ["shown in another size", { displayWidth: 4 }],
  ["cut", { visibleRect: { width: 1, height: 1 } }],
  ["not converted by this browser", { allocationSize: () => 3 }],
  [
    "of a format that this browser does not know",
    {
      allocationSize() {
        throw new TypeError("no");
      },
    },
  ],
])
  test(`a processor's frame that is ${name} is drawn itself`, async () => {
    const frame = copiedFrame(values);
    assert.equal(await (await sourceOf(frame)).grab(), frame);
    assert.equal(frame.closed, 0);
  });

test("a processor's frame that cannot be copied is closed", async () => {
  const frame = copiedFrame({ copyTo: () => Promise.reject(new Error("no")) });
  await assert.rejects((await sourceOf(frame)).grab(), { message: "no" });
  assert.equal(frame.closed, 1);
});

test("a processor that gives nothing is stopped, and images are captured", async (t) => {
  const advance = freezeTime(t);
  const log = browser({ read: never, grabFrame: (track) => Promise.resolve({ bitmapOf: track }) });
  const opened = openFrameSource(TRACK, fakeVideo());
  advance(3000);
  const source = await opened;
  assert.deepEqual(log, ["cancel"]);
  assert.deepEqual(await source.grab(), { bitmapOf: TRACK });
});

test("a processor that ends is a way that failed", async () => {
  browser({ read: () => Promise.resolve({ done: true }), grabFrame: () => Promise.resolve("bitmap") });
  assert.equal(await (await openFrameSource(TRACK, fakeVideo())).grab(), "bitmap");
});

test("an ImageCapture without grabFrame is passed over: the video is drawn", async () => {
  browser({});
  const video = fakeVideo();
  assert.equal(await (await openFrameSource(TRACK, video)).grab(), video);
});

test("a capture that fails is passed over", async () => {
  browser({ grabFrame: () => Promise.reject(new Error("no")) });
  const video = fakeVideo();
  assert.equal(await (await openFrameSource(TRACK, video)).grab(), video);
});

test("a video is drawn once it has a frame", async (t) => {
  freezeTime(t);
  browser({});
  const video = fakeVideo(1);
  const opened = openFrameSource(TRACK, video);
  await settle();
  video.readyState = 2;
  video.dispatchEvent(new Event("loadeddata"));
  assert.equal(await (await opened).grab(), video);
});

test("it fails if no way gives a frame, after three seconds each", async (t) => {
  const advance = freezeTime(t);
  browser({ read: never, grabFrame: never });
  const failed = assert.rejects(openFrameSource(TRACK, fakeVideo(0)), { message: "The camera gives no frame." });
  for (let ways = 0; ways < 3; ways += 1) {
    advance(3000);
    await settle();
  }
  await failed;
});

test("an image that comes too late is closed", async (t) => {
  const advance = freezeTime(t);
  const { promise, resolve } = deferred();
  const late = assert.rejects(withTimeout(promise, 1500), { message: "The camera gave no frame in time." });
  advance(1500);
  await late;
  const frame = fakeFrame();
  resolve(frame);
  await settle();
  assert.equal(frame.closed, 1);
});
