import { deferred } from "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { Camera, listCameras, rememberCamera } from "../../../static/js/student/camera.js";

const SIZE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 15 } };

class FakeTrack extends EventTarget {
  stopped = 0;

  stop() {
    this.stopped += 1;
  }
}

function install(mediaDevices) {
  Object.defineProperty(globalThis, "navigator", { value: { mediaDevices }, configurable: true });
  window.isSecureContext = true;
  const stored = new Map();
  globalThis.localStorage = {
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => stored.set(key, value),
  };
}

function fakeStream() {
  const track = new FakeTrack();
  return { track, getTracks: () => [track], getVideoTracks: () => [track] };
}

const failing = (name) => ({ getUserMedia: () => Promise.reject(Object.assign(new Error("no"), { name })) });

test("an open camera has a track, and a closed one stopped it", async () => {
  const stream = fakeStream();
  install({ getUserMedia: () => Promise.resolve(stream) });
  const camera = new Camera(() => {});
  assert.equal(await camera.open(), true);
  assert.equal(camera.track, stream.track);
  camera.close();
  assert.deepEqual([camera.track, stream.track.stopped], [null, 1]);
});

test("a camera that is closed while it opens is stopped at once", async () => {
  const stream = fakeStream();
  const { promise, resolve } = deferred();
  install({ getUserMedia: () => promise });
  const camera = new Camera(() => {});
  const opened = camera.open();
  camera.close();
  resolve(stream);
  assert.deepEqual([await opened, camera.track, stream.track.stopped], [false, null, 1]);
});

test("a camera that was closed while it opened does not fail later", async () => {
  const { promise, reject } = deferred();
  const stream = fakeStream();
  const answers = [promise, Promise.resolve(stream)];
  install({ getUserMedia: () => answers.shift() });
  const camera = new Camera(() => {});
  const first = camera.open();
  assert.equal(await camera.open(), true);
  reject(new DOMException("held", "NotReadableError"));
  assert.deepEqual([await first, camera.track], [false, stream.track]);
});

test("a camera that is unplugged closes and reports it once", async () => {
  const stream = fakeStream();
  install({ getUserMedia: () => Promise.resolve(stream) });
  let ended = 0;
  const camera = new Camera(() => (ended += 1));
  await camera.open();
  stream.track.dispatchEvent(new Event("ended"));
  stream.track.dispatchEvent(new Event("ended"));
  assert.deepEqual([ended, camera.track], [1, null]);
});

for (const [name, code] of [
  ["NotAllowedError", "denied"],
  ["SecurityError", "denied"],
  ["NotFoundError", "missing"],
  ["NotReadableError", "busy"],
  ["AbortError", "busy"],
  ["OverconstrainedError", "other"],
]) {
  test(`a browser's ${name} means ${code}`, async () => {
    install(failing(name));
    await assert.rejects(new Camera(() => {}).open(), { code });
  });
}

test("an insecure page and a browser without cameras have codes of their own", async () => {
  install(undefined);
  await assert.rejects(new Camera(() => {}).open(), { code: "unsupported" });
  window.isSecureContext = false;
  await assert.rejects(new Camera(() => {}).open(), { code: "insecure" });
});

test("the camera that the student chose is asked for, else the one in front", async () => {
  const asked = [];
  install({ getUserMedia: (wanted) => Promise.resolve((asked.push(wanted), fakeStream())) });
  await new Camera(() => {}).open();
  rememberCamera("usb");
  await new Camera(() => {}).open();
  assert.deepEqual(asked, [
    { video: { ...SIZE, facingMode: "user" }, audio: false },
    { video: { ...SIZE, deviceId: { ideal: "usb" } }, audio: false },
  ]);
});

test("blocked storage does not keep the camera from opening", async () => {
  install({ getUserMedia: () => Promise.resolve(fakeStream()) });
  const blocked = () => {
    throw new Error("blocked");
  };
  globalThis.localStorage = { getItem: blocked, setItem: blocked };
  rememberCamera("usb");
  assert.equal(await new Camera(() => {}).open(), true);
});

test("the list has cameras that the browser names, and nothing else", async () => {
  const devices = [
    { kind: "audioinput", deviceId: "a" },
    { kind: "videoinput", deviceId: "" },
    { kind: "videoinput", deviceId: "b" },
  ];
  install({ enumerateDevices: () => Promise.resolve(devices) });
  assert.deepEqual(await listCameras(), [devices[2]]);
  install(undefined);
  assert.deepEqual(await listCameras(), []);
});
