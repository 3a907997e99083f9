import { element } from "../../elements.js";
import { freezeTime } from "../../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { SentView } from "../../../../static/js/student/faces/sent-view.js";

const FACE = "Only this leaves your computer: your face, found and cut out in this browser.";
const NOBODY = "No face is in view, so no picture leaves your computer.";

test("a face that comes and goes is shown at once, and announced at most once a minute", (t) => {
  const advance = freezeTime(t);
  const parts = new Map();
  const part = (name) => parts.get(name) ?? parts.set(name, element()).get(name);
  part("canvas").getContext = () => ({ drawImage() {} });
  const view = new SentView({ querySelector: () => Object.assign(element(), { querySelector: part }) });
  const show = (picture) => view.show({ bytes: 2_000, isWhole: false, picture });
  const texts = () => ["[data-state]", "[data-spoken]", "[data-total]"].map((name) => part(name).textContent);
  const picture = { width: 96, height: 96 };
  show(picture);
  assert.deepEqual(texts(), [FACE, FACE, "2 KB sent since you opened this page"]);
  show(null);
  assert.deepEqual(texts().slice(0, 2), [NOBODY, FACE]);
  show(picture);
  advance(60_000);
  assert.deepEqual(texts().slice(0, 2), [FACE, FACE]);
  show(null);
  assert.deepEqual(texts(), [NOBODY, NOBODY, "8 KB sent since you opened this page"]);
});
