import { freezeTime, settle } from "../page.js";
import { installCanvas } from "./fake-canvas.js";

import assert from "node:assert/strict";
import test from "node:test";

import { LivePicture } from "../../../static/js/student/live-picture.js";

globalThis.HTMLMediaElement = { HAVE_CURRENT_DATA: 2 };
// The camera's frames are drawn from the video, the way that every browser has.
delete globalThis.MediaStreamTrackProcessor;
delete globalThis.ImageCapture;

const scene = (shift) => Array.from({ length: 800 }, (_, index) => (index * 7 + shift) % 256);
const BLACK = new Array(800).fill(0);

class FakeTrack extends EventTarget {
  muted = false;

  mute(muted) {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? "mute" : "unmute"));
  }
}

// A camera whose every look shows another frame while `isMoving`.
class FakeVideo extends EventTarget {
  readyState = 2;
  isMoving = true;
  isBlack = false;
  #frame = 0;

  get pixels() {
    if (this.isMoving) this.#frame += 1;
    return this.isBlack ? BLACK : scene(this.#frame);
  }
}

async function start(t, video = new FakeVideo(), track = new FakeTrack()) {
  installCanvas();
  const advance = freezeTime(t);
  const changes = [];
  const picture = new LivePicture((trouble) => changes.push(trouble));
  // Lets the timers of looking and trying again run, in small steps.
  const pass = async (ms) => {
    for (let passed = 0; passed < ms; passed += 100) {
      await settle();
      advance(100);
    }
    await settle();
  };
  picture.start(track, video);
  await settle();
  return { picture, video, track, changes, pass };
}

test("a camera is live once two of its frames differ", async (t) => {
  const { picture, video, changes } = await start(t);
  assert.deepEqual([changes, picture.isLive], [[null], true]);
  assert.equal(await picture.grab(), video);
  assert.deepEqual(changes, [null]);
});

test("a camera that shows the same frame for four seconds is frozen, and no frame of it is given", async (t) => {
  const { picture, video, changes, pass } = await start(t);
  video.isMoving = false;
  const grabbed = assert.rejects(picture.grab(), { code: "frozen" });
  await pass(3900);
  assert.deepEqual(changes, [null]);
  await pass(200);
  await grabbed;
  assert.deepEqual([changes, picture.isLive, picture.trouble], [[null, "frozen"], false, "frozen"]);
});

test("a frozen camera that moves again is noticed without a credit", async (t) => {
  const { picture, video, changes, pass } = await start(t);
  video.isMoving = false;
  picture.grab().catch(() => {});
  await pass(10_000);
  video.isMoving = true;
  await pass(6000);
  assert.deepEqual([changes, picture.isLive, picture.trouble], [[null, "frozen", null], true, null]);
});

test("a frame that was given once is not given again", async (t) => {
  const { picture, video, pass } = await start(t);
  // The camera alternates between the frame that was sent and another one, both old.
  await picture.grab();
  const sent = video.pixels;
  let turn = 0;
  Object.defineProperty(video, "pixels", { get: () => (turn++ % 2 ? sent : BLACK) });
  await picture.grab().catch(() => {});
  const grabbed = assert.rejects(picture.grab());
  await pass(4100);
  await grabbed;
});

test("a black picture is named, and is not given", async (t) => {
  const { picture, video, changes, pass } = await start(t);
  video.isBlack = true;
  const grabbed = assert.rejects(picture.grab(), { code: "blank" });
  await pass(4100);
  await grabbed;
  assert.deepEqual(changes, [null, "blank"]);
});

test("a camera that begins with black frames becomes live", async (t) => {
  const video = new FakeVideo();
  video.isBlack = true;
  const { changes, pass } = await start(t, video);
  await pass(1000);
  assert.deepEqual(changes, []);
  video.isBlack = false;
  await pass(300);
  assert.deepEqual(changes, [null]);
});

test("a muted track gives no picture, at once, until it is unmuted", async (t) => {
  const { picture, track, changes } = await start(t);
  track.mute(true);
  await settle();
  assert.deepEqual([changes, picture.isLive], [[null, "muted"], false]);
  await assert.rejects(picture.grab(), { code: "muted" });
  track.mute(false);
  await settle();
  assert.deepEqual([changes, picture.isLive], [[null, "muted", null], true]);
});

test("a camera that gives no frame in any way is named, and is tried again", async (t) => {
  const video = new FakeVideo();
  video.readyState = 0;
  const { changes, pass } = await start(t, video);
  await pass(3000);
  assert.deepEqual(changes, ["no_frame"]);
  video.readyState = 2;
  await pass(6000);
  assert.deepEqual(changes, ["no_frame", null]);
});

test("a stopped camera reports nothing more", async (t) => {
  const { picture, video, track, changes, pass } = await start(t);
  video.isMoving = false;
  const grabbed = assert.rejects(picture.grab());
  picture.stop();
  await pass(5000);
  await grabbed;
  track.mute(true);
  await pass(5000);
  assert.deepEqual([changes, picture.isLive], [[null], false]);
  await assert.rejects(picture.grab(), { code: "busy" });
});

test("another camera is looked at once the look at the first is over", async (t) => {
  const first = new FakeVideo();
  first.readyState = 0;
  const { picture, changes, pass } = await start(t, first);
  picture.start(new FakeTrack(), new FakeVideo());
  await pass(6000);
  assert.deepEqual(changes, [null]);
});
