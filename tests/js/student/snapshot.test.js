import { drawings, installCanvas, qualities } from "./fake-canvas.js";

import assert from "node:assert/strict";
import test from "node:test";

import { drawFrame, encodeFrame, packSnapshot } from "../../../static/js/student/snapshot.js";

const IMAGE = { width: 640, height: 480 };
const LIMITS = { width: 320, quality: 0.7, maxBytes: Infinity };

const encodeJpeg = (image, limits) => encodeFrame(drawFrame(image, limits.width), limits);
const rounded = () => qualities.map((quality) => Math.round(quality * 100) / 100);

test("a snapshot is its number and its age in milliseconds, big-endian, and the JPEG", () => {
  const packed = packSnapshot(0x01020304, 258.4, new Uint8Array([9, 8, 7]).buffer);
  assert.deepEqual([...new Uint8Array(packed)], [1, 2, 3, 4, 0, 0, 1, 2, 9, 8, 7]);
});

test("the age is never negative", () => {
  assert.deepEqual([...new Uint8Array(packSnapshot(1, -5, new ArrayBuffer(0)))], [0, 0, 0, 1, 0, 0, 0, 0]);
});

test("a frame is scaled down to the width that the credit names", async () => {
  installCanvas(() => 1000);
  const blob = await encodeJpeg(IMAGE, LIMITS);
  assert.deepEqual([blob.size, blob.type], [1000, "image/jpeg"]);
  assert.deepEqual(drawings, [[IMAGE, 0, 0, 320, 240]]);
  assert.deepEqual(rounded(), [0.7]);
});

test("a frame is drawn on the last one's canvas if that has its size", () => {
  installCanvas(() => 1000);
  const first = drawFrame(IMAGE, 320);
  const second = drawFrame(IMAGE, 320, first);
  const third = drawFrame({ width: 640, height: 360 }, 320, second);
  assert.equal(second, first);
  assert.deepEqual([third.width, third.height], [320, 180]);
});

test("a frame is never scaled up", async () => {
  installCanvas(() => 1000);
  await encodeJpeg({ width: 100, height: 50 }, LIMITS);
  assert.deepEqual(drawings[0].slice(1), [0, 0, 100, 50]);
});

test("an upright frame is at most twice as high as the credit's width", async () => {
  installCanvas(() => 1000);
  await encodeJpeg({ width: 1080, height: 1920 }, LIMITS);
  await encodeJpeg({ width: 1080, height: 2520 }, LIMITS);
  await encodeJpeg({ width: 100, height: 2000 }, LIMITS);
  assert.deepEqual(
    drawings.map(([, ...place]) => place),
    [
      [0, 0, 320, 569],
      [0, 0, 274, 640],
      [0, 0, 32, 640],
    ],
  );
});

test("a frame of a camera and a video are measured as they are displayed", async () => {
  installCanvas(() => 1000);
  await encodeJpeg({ displayWidth: 640, displayHeight: 360, codedWidth: 1, width: 1 }, LIMITS);
  await encodeJpeg({ videoWidth: 640, videoHeight: 360, width: 1, height: 1 }, LIMITS);
  assert.deepEqual(
    drawings.map(([, ...place]) => place),
    [
      [0, 0, 320, 180],
      [0, 0, 320, 180],
    ],
  );
});

test("the quality falls in steps of 0.15 until the JPEG is at most 60 KiB", async () => {
  installCanvas((quality) => (quality > 0.5 ? 61_441 : 61_440));
  assert.equal((await encodeJpeg(IMAGE, LIMITS)).size, 61_440);
  assert.deepEqual(rounded(), [0.7, 0.55, 0.4]);
});

test("a smaller limit of the server holds", async () => {
  installCanvas((quality) => (quality > 0.6 ? 1001 : 1000));
  assert.equal((await encodeJpeg(IMAGE, { ...LIMITS, maxBytes: 1000 })).size, 1000);
});

test("a frame that is too large at the lowest quality is not sent", async () => {
  installCanvas(() => 61_441);
  assert.equal(await encodeJpeg(IMAGE, LIMITS), null);
  assert.deepEqual(rounded(), [0.7, 0.55, 0.4, 0.25]);
});
