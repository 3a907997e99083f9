import { deferred, freezeTime, settle } from "../../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { FacesOnDevice } from "../../../../static/js/student/faces/faces-on-device.js";

const DATASET = { facesLibrary: "l", facesRuntime: "r", facesWasm: "w", facesFull: "f", facesBack: "b" };
const FACES = [{ score: 1 }];

test("it loads once, from the addresses of the page, and finds faces", async () => {
  const asked = [];
  const faces = new FacesOnDevice(DATASET, (addresses) => {
    asked.push(addresses);
    return Promise.resolve({ find: (frame) => Promise.resolve([frame]) });
  });
  assert.deepEqual(asked, []);
  const find = await faces.prepare();
  await faces.prepare();
  assert.deepEqual(await find("frame"), ["frame"]);
  assert.deepEqual(asked, [{ library: "l", runtime: "r", wasm: "w", full: "f", back: "b" }]);
});

test("a page without the files loads nothing", async () => {
  const faces = new FacesOnDevice({}, () => assert.fail("loaded"));
  assert.equal(await faces.prepare(), null);
  assert.equal(await faces.prepare(true), null);
});

test("a browser without WebAssembly loads nothing", async (t) => {
  const { WebAssembly } = globalThis;
  t.after(() => Object.assign(globalThis, { WebAssembly }));
  delete globalThis.WebAssembly;
  assert.equal(await new FacesOnDevice(DATASET, () => assert.fail("loaded")).prepare(), null);
});

test("what does not load is not used", async () => {
  const faces = new FacesOnDevice(DATASET, () => Promise.reject(new Error("no network")));
  assert.deepEqual([await faces.prepare(), await faces.prepare(true)], [null, null]);
});

test("after ten seconds whole frames have to be sent, until it has loaded", async (t) => {
  const advance = freezeTime(t);
  const { promise, resolve } = deferred();
  const faces = new FacesOnDevice(DATASET, () => promise);
  const answers = [];
  faces.prepare().then((find) => answers.push(["in time", find]));
  faces.prepare(true).then((find) => answers.push(["required", typeof find]));
  advance(9_999);
  await settle();
  assert.deepEqual(answers, []);
  advance(1);
  await settle();
  assert.deepEqual(answers, [["in time", null]]);
  resolve({ find: () => Promise.resolve(FACES) });
  await settle();
  assert.deepEqual(answers[1], ["required", "function"]);
  assert.equal(await (await faces.prepare())(), FACES);
});

test("five searches of more than 150 ms end it, unless faces are all that may be sent", async (t) => {
  const advance = freezeTime(t);
  let ms = 150;
  const find = () => {
    advance(ms);
    return Promise.resolve(FACES);
  };
  const faces = new FacesOnDevice(DATASET, () => Promise.resolve({ find }));
  await (
    await faces.prepare()
  )();
  ms = 151;
  for (let search = 0; search < 4; search += 1) await (await faces.prepare())();
  assert.equal(typeof (await faces.prepare()), "function");
  await (
    await faces.prepare()
  )();
  assert.equal(await faces.prepare(), null);
  assert.equal(await (await faces.prepare(true))(), FACES);
});

test("a search that fails ends it", async () => {
  const faces = new FacesOnDevice(DATASET, () => Promise.resolve({ find: () => Promise.reject(new Error("lost")) }));
  await assert.rejects((await faces.prepare(true))(), /lost/);
  assert.deepEqual([await faces.prepare(), await faces.prepare(true)], [null, null]);
});
