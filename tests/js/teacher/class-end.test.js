// Nothing on the live page asks the server any more once the class has ended.
import { element } from "../elements.js";
import { freezeTime, settle } from "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { ConsentLine } from "../../../static/js/teacher/consent-line.js";
import { StudentPanel } from "../../../static/js/teacher/student-panel.js";

// An element that has every part it is asked for, on a page where no request succeeds.
function page(t) {
  const advance = freezeTime(t);
  const requests = t.mock.method(globalThis, "fetch", () => Promise.reject(new TypeError("offline")));
  const parts = new Map();
  const root = Object.assign(element(), {
    querySelector: (name) => parts.get(name) ?? parts.set(name, element()).get(name),
    close() {},
    show() {},
  });
  const requestsIn = async (ms) => {
    const before = requests.mock.callCount();
    advance(ms);
    await settle();
    return requests.mock.callCount() - before;
  };
  return { root, requestsIn };
}

test("the number of consents is asked for every 5 seconds until the class ends", async (t) => {
  const { root, requestsIn } = page(t);
  root.dataset.readsFaces = "yes";
  root.querySelector("[data-part=consent]").dataset.url = "/consent/";
  const line = new ConsentLine(root);
  await settle();
  assert.equal(await requestsIn(5_000), 1);
  line.stop();
  assert.equal(await requestsIn(5_000), 0);
});

test("a class without the number of consents does not ask for it", async (t) => {
  const { root, requestsIn } = page(t);
  root.dataset.readsFaces = "yes";
  root.querySelector = () => null;
  const line = new ConsentLine(root);
  assert.equal(await requestsIn(5_000), 0);
  line.stop();
});

test("the student in view is asked for every 10 seconds until the class ends", async (t) => {
  const { root, requestsIn } = page(t);
  Object.assign(root.dataset, { url: "/students/0/", historyUrl: "/history/0/" });
  const panel = new StudentPanel(root);
  panel.open({ id: 3, name: "Ada", state: "seen" });
  await settle();
  assert.equal(await requestsIn(10_000), 1);
  panel.stop();
  assert.equal(await requestsIn(10_000), 0);
});

test("a student who is opened after the class is asked for once", async (t) => {
  const { root, requestsIn } = page(t);
  Object.assign(root.dataset, { url: "/students/0/", historyUrl: "/history/0/" });
  const panel = new StudentPanel(root);
  panel.stop();
  panel.open({ id: 3, name: "Ada", state: "seen" });
  await settle();
  assert.equal(await requestsIn(10_000), 0);
});
