import { element } from "../elements.js";
import { freezeTime } from "../page.js";
import { installCanvas } from "./fake-canvas.js";

import assert from "node:assert/strict";
import test from "node:test";

import { CameraControl } from "../../../static/js/student/camera-control.js";

globalThis.HTMLMediaElement = { HAVE_CURRENT_DATA: 2 };
delete globalThis.MediaStreamTrackProcessor;
delete globalThis.ImageCapture;

// Every look at the video shows a new frame.
class FakeVideo extends EventTarget {
  readyState = 2;
  width = 320;
  height = 240;
  #frame = 0;

  get pixels() {
    this.#frame += 1;
    return Array.from({ length: 800 }, (_, index) => (index * 7 + this.#frame) % 256);
  }
}

class FakeTrack extends EventTarget {
  muted = false;
  isStopped = false;

  getSettings() {
    return { deviceId: "a" };
  }

  stop() {
    this.isStopped = true;
  }
}

// `open` is what the browser does when it is asked for the camera.
function control(t, open) {
  installCanvas();
  const advance = freezeTime(t);
  const track = new FakeTrack();
  const stream = { getTracks: () => [track], getVideoTracks: () => [track] };
  const cameras = ["a", "b"].map((deviceId) => ({ kind: "videoinput", deviceId, label: `Camera ${deviceId}` }));
  const mediaDevices = Object.assign(new EventTarget(), {
    enumerateDevices: () => Promise.resolve(cameras),
    getUserMedia: open ?? (() => Promise.resolve(stream)),
  });
  Object.defineProperty(globalThis, "navigator", { value: { mediaDevices }, configurable: true });
  globalThis.localStorage = { getItem: () => "a", setItem() {} };
  const log = [];
  const view = new Proxy(
    { video: new FakeVideo() },
    { get: (known, name) => known[name] ?? ((...values) => log.push([name, ...values.slice(-1)])) },
  );
  const socket = {
    connection: {},
    isOpen: true,
    send: (message) => log.push(message.type ? `send ${message.type}` : "send a snapshot"),
  };
  const field = Object.assign(element(), { querySelector: () => select });
  const select = element("select");
  const camera = new CameraControl({ dataset: {}, querySelector: () => field }, view, socket);
  const takeLog = () =>
    log.splice(0).filter((entry) => typeof entry === "string" || /Camera|Live|NoPicture|Notice/.test(entry));
  const takeLights = () => log.splice(0).filter(([name]) => name === "showLight");
  return { camera, track, select, takeLog, takeLights, advance };
}

// Encoding a picture takes turns of the event loop.
async function idle() {
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

const CREDIT = { seq: 1, width: 320, quality: 0.7 };

test("a started camera asks for credits once it gives pictures, and answers them", async (t) => {
  const { camera, takeLog } = control(t);
  camera.start();
  await idle();
  assert.deepEqual(takeLog(), [["showLive", false], "send start"]);
  assert.deepEqual([camera.isOn, camera.isLive], [true, true]);
  camera.answer(CREDIT);
  await idle();
  assert.deepEqual(takeLog(), ["send a snapshot"]);
});

test("a test sends nothing, and a start goes on with the same camera", async (t) => {
  const { camera, track, takeLog } = control(t);
  camera.test();
  await idle();
  assert.deepEqual(takeLog(), [["showLive", true]]);
  assert.deepEqual([camera.isOn, camera.isLive], [true, false]);
  camera.answer(CREDIT);
  camera.rejoin(1000);
  await idle();
  assert.deepEqual(takeLog(), [["showLive", true]]);
  camera.start();
  assert.deepEqual(takeLog(), [["showLive", false], "send start"]);
  assert.deepEqual([camera.isLive, track.isStopped], [true, false]);
});

test("a paused camera is stopped, and the server is told", async (t) => {
  const { camera, track, takeLog } = control(t);
  camera.start();
  await idle();
  takeLog();
  camera.pause();
  assert.deepEqual(takeLog(), [["showNotice", ""], "send pause"]);
  assert.deepEqual([camera.isOn, camera.isLive, track.isStopped], [false, false, true]);
});

test("a muted camera pauses the credits until it gives pictures again", async (t) => {
  const { camera, track, takeLog } = control(t);
  camera.start();
  await idle();
  takeLog();
  track.muted = true;
  track.dispatchEvent(new Event("mute"));
  await idle();
  assert.deepEqual(takeLog(), [["showNoPicture", "muted"], "send pause"]);
  track.muted = false;
  track.dispatchEvent(new Event("unmute"));
  await idle();
  assert.deepEqual(takeLog(), [["showLive", false], "send start"]);
});

test("the server learns of the camera again when the student rejoins", async (t) => {
  const { camera, takeLog } = control(t);
  camera.rejoin(1000);
  assert.deepEqual(takeLog(), []);
  camera.start();
  await idle();
  takeLog();
  camera.rejoin(1000);
  assert.deepEqual(takeLog(), [["showLive", false], "send start"]);
});

test("where the camera is busy, the next one is offered", async (t) => {
  const refuse = () => Promise.reject(new DOMException("held", "NotReadableError"));
  const { camera, takeLog } = control(t, refuse);
  camera.start();
  await idle();
  assert.deepEqual(takeLog(), [["showCameraFailure", "busy"], "send pause", ["offerCamera", "Camera b"]]);
});

test("a camera that takes long to open is explained, unless the student has paused it", (t) => {
  const { camera, takeLog, advance } = control(t, () => new Promise(() => {}));
  camera.start();
  advance(5_000);
  assert.deepEqual(takeLog(), [["showSlowCamera"]]);
  camera.start();
  camera.pause();
  advance(5_000);
  assert.deepEqual(takeLog(), [["showNotice", ""], "send pause"]);
});

test("another camera that is chosen while one is being opened is opened instead", (t) => {
  let opened = 0;
  const { camera, select } = control(t, () => {
    opened += 1;
    return new Promise(() => {});
  });
  select.dispatchEvent(new Event("change"));
  assert.equal(opened, 0);
  camera.start();
  select.dispatchEvent(new Event("change"));
  assert.equal(opened, 2);
  camera.pause();
  select.dispatchEvent(new Event("change"));
  assert.equal(opened, 2);
});

test("where the student forbids the camera, no other is offered", async (t) => {
  const refuse = () => Promise.reject(new DOMException("no", "NotAllowedError"));
  const { camera, takeLog } = control(t, refuse);
  camera.start();
  await idle();
  assert.deepEqual(takeLog(), [["showCameraFailure", "denied"], "send pause"]);
});

test("a test tells the light every second until it ends, and sends nothing", async (t) => {
  const { camera, takeLights, advance } = control(t);
  camera.test();
  await idle();
  advance(1_000);
  await idle();
  assert.deepEqual(takeLights(), [["showLight", "good"]]);
  assert.deepEqual([camera.isOn, camera.isStarted, camera.isLive], [true, false, false]);
  advance(1_000);
  await idle();
  assert.deepEqual(takeLights(), [["showLight", "good"]]);
  camera.start();
  assert.equal(camera.isStarted, true);
  advance(5_000);
  await idle();
  assert.deepEqual(takeLights(), []);
});

async function started(t) {
  const made = control(t);
  made.camera.start();
  await idle();
  made.camera.follow("on");
  made.takeLog();
  return made;
}

test("a camera that the server pauses by itself is stopped, and the student learns it", async (t) => {
  const { camera, track, takeLog } = await started(t);
  camera.follow("paused");
  assert.deepEqual(takeLog(), [["showCameraFailure", "stopped"], "send pause"]);
  assert.deepEqual([camera.isOn, track.isStopped], [false, true]);
});

test("late answers to the student's own pauses leave the camera on", async (t) => {
  const { camera, takeLog } = await started(t);
  for (const command of ["pause", "start", "pause", "start"]) {
    camera[command]();
    await idle();
  }
  takeLog();
  for (const state of ["paused", "on", "paused", "on"]) camera.follow(state);
  assert.deepEqual([takeLog(), camera.isLive], [[], true]);
  camera.follow("paused");
  assert.equal(camera.isOn, false);
});

test("a pause while the camera gives no picture does not stop it", async (t) => {
  const { camera, track } = await started(t);
  track.muted = true;
  track.dispatchEvent(new Event("mute"));
  await idle();
  for (const state of ["paused", "paused"]) camera.follow(state);
  assert.equal(camera.isOn, true);
});

test("no answer is due from an earlier connection", async (t) => {
  const { camera } = await started(t);
  camera.rejoin(1000);
  camera.rejoin(1000);
  camera.follow("on");
  camera.follow("paused");
  assert.equal(camera.isOn, false);
});

test("a camera that the server refuses is stopped, for the reason it gives", async (t) => {
  const { camera, track, takeLog } = await started(t);
  camera.pause("Too slow.");
  assert.deepEqual(takeLog(), [["showNotice", "Too slow."], "send pause"]);
  assert.deepEqual([camera.isOn, track.isStopped], [false, true]);
});
