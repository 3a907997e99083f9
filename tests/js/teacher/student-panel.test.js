import { element } from "../elements.js";

import assert from "node:assert/strict";
import test from "node:test";

import { StudentPanel } from "../../../static/js/teacher/student-panel.js";

// The sheet, on a page whose requests are never answered.
function openSheet(t) {
  t.mock.method(globalThis, "fetch", () => new Promise(() => {}));
  const parts = new Map();
  const dialog = Object.assign(element(), {
    querySelector: (name) => parts.get(name) ?? parts.set(name, element()).get(name),
    close() {},
    show() {},
  });
  Object.assign(dialog.dataset, { url: "/students/0/", historyUrl: "/history/0/" });
  const panel = new StudentPanel(dialog);
  panel.open({ id: 3, name: "Ada", state: "seen" });
  const texts = () => ["name", "state"].map((name) => dialog.querySelector(`[data-part="${name}"]`).textContent);
  return { panel, texts };
}

test("an open sheet has the state and the name of its student's tile", (t) => {
  const { panel, texts } = openSheet(t);
  assert.deepEqual(texts(), ["Ada", "Readable"]);
  panel.follow({ id: 3, name: "Ada L.", state: "disconnected" });
  assert.deepEqual(texts(), ["Ada L.", "Connection lost"]);
});

test("an open sheet ignores other students' tiles", (t) => {
  const { panel, texts } = openSheet(t);
  panel.follow({ id: 4, name: "Bela", state: "left" });
  assert.deepEqual(texts(), ["Ada", "Readable"]);
});
