import { element } from "../elements.js";
import { settle } from "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { CameraPicker } from "../../../static/js/student/camera-picker.js";
import { chosenCamera } from "../../../static/js/student/camera.js";

const camera = (deviceId, label = deviceId) => ({ kind: "videoinput", deviceId, label });
const track = (deviceId) => ({ readyState: "live", getSettings: () => ({ deviceId }) });

async function pick(cameras, stored = null) {
  const mediaDevices = Object.assign(new EventTarget(), {
    cameras,
    enumerateDevices: () => Promise.resolve(mediaDevices.cameras),
  });
  Object.defineProperty(globalThis, "navigator", { value: { mediaDevices }, configurable: true });
  let kept = stored;
  globalThis.localStorage = { getItem: () => kept, setItem: (_, value) => (kept = value) };
  const select = element("select");
  const field = Object.assign(element(), { querySelector: () => select });
  const changes = [];
  const picker = new CameraPicker({ querySelector: () => field }, () => changes.push(select.value));
  await settle();
  const names = () => select.children.map(({ textContent }) => textContent);
  return { picker, select, field, changes, names, mediaDevices };
}

test("cameras can be chosen before the first start, once the browser names them", async () => {
  const { select, field, names } = await pick([camera("a", "Built-in"), camera("b", "")], "b");
  assert.deepEqual([names(), select.value, field.hidden], [["Built-in", "Camera 2"], "b", false]);
});

test("one camera is no choice, and nameless ones are none", async () => {
  assert.equal((await pick([camera("a")])).field.hidden, true);
  assert.equal((await pick([camera(""), camera("")])).field.hidden, true);
});

test("a choice is remembered and reported", async () => {
  const { select, changes } = await pick([camera("a"), camera("b")]);
  select.value = "b";
  select.dispatchEvent(new Event("change"));
  assert.deepEqual([changes, chosenCamera()], [["b"], "b"]);
});

test("the camera in use is shown as chosen", async () => {
  const { picker, select } = await pick([camera("a"), camera("b")], "a");
  await picker.showInUse(track("b"));
  assert.equal(select.value, "b");
  await picker.showInUse(track("unknown"));
  assert.equal(select.value, "a");
});

test("cameras that fail are passed over until one works", async () => {
  const { picker, select } = await pick([camera("a"), camera("b"), camera("c")], "b");
  assert.equal(await picker.findAnother(true), "c");
  picker.chooseOffered();
  assert.deepEqual([select.value, chosenCamera()], ["c", "c"]);
  assert.equal(await picker.findAnother(true), "a");
  picker.chooseOffered();
  assert.equal(await picker.findAnother(true), null);
  await picker.showInUse(track("a"));
  assert.equal(await picker.findAnother(true), "b");
});

test("a failure that another camera cannot mend offers none, and lists the cameras", async () => {
  const { picker, names, mediaDevices } = await pick([camera("")]);
  mediaDevices.cameras = [camera("a"), camera("b")];
  assert.equal(await picker.findAnother(false), null);
  assert.deepEqual(names(), ["a", "b"]);
});

test("a camera that is plugged in is listed", async () => {
  const { names, mediaDevices } = await pick([camera("a")]);
  mediaDevices.cameras = [camera("a"), camera("b")];
  mediaDevices.dispatchEvent(new Event("devicechange"));
  await settle();
  assert.deepEqual(names(), ["a", "b"]);
});

test("while a camera is in use, it stays the chosen one when another device is plugged in", async () => {
  const { picker, select, mediaDevices } = await pick([camera("a"), camera("b")], "remembered");
  const inUse = track("b");
  await picker.showInUse(inUse);
  mediaDevices.cameras = [camera("a"), camera("b"), camera("remembered")];
  mediaDevices.dispatchEvent(new Event("devicechange"));
  await settle();
  assert.equal(select.value, "b");
  assert.equal(await picker.findAnother(true), "remembered"); // "b" has failed
  inUse.readyState = "ended";
  mediaDevices.dispatchEvent(new Event("devicechange"));
  await settle();
  assert.equal(select.value, "remembered"); // the next start opens it
});
