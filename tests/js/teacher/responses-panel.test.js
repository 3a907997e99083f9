import { element } from "../elements.js";
import { settle } from "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { compareWithFaces, ResponsesPanel } from "../../../static/js/teacher/responses-panel.js";

function compare(answers, { readsFaces = false, ...values } = {}) {
  const all = { lost: 0, too_fast: 0, too_slow: 0, all_good: 0, ...answers };
  const said = Object.values(all).reduce((sum, count) => sum + count, 0);
  return compareWithFaces({ answers: all, said, present: 12, negative: 4, seen: 10, ...values }, readsFaces);
}

test("without answers there is no feedback to compare", () => {
  assert.equal(compare({}, { readsFaces: true }), "No feedback in the last three minutes.");
});

test("the most frequent problem is named, even if more say that all is good", () => {
  assert.equal(compare({ too_fast: 3, too_slow: 1, all_good: 7 }), "3 of 12 say “Too fast”");
});

test("of equally frequent problems the more urgent one is named", () => {
  assert.equal(compare({ lost: 2, too_fast: 2, too_slow: 2 }), "2 of 12 say “Lost”");
  assert.equal(compare({ too_fast: 2, too_slow: 2 }), "2 of 12 say “Too fast”");
});

test("without problems it names how many say that all is good", () => {
  assert.equal(compare({ all_good: 5 }), "5 of 12 say “All good”");
});

test("faces follow if the course reads them and any could be read", () => {
  const withFaces = "3 of 12 say “Lost”; 4 of 10 readable faces look negative";
  assert.equal(compare({ lost: 3 }, { readsFaces: true }), withFaces);
  assert.equal(compare({ lost: 3 }, { readsFaces: true, seen: 0 }), "3 of 12 say “Lost”");
});

test("one student says, and one face looks", () => {
  const withFaces = "1 of 12 says “Lost”; 1 of 10 readable faces looks negative";
  assert.equal(compare({ lost: 1 }, { readsFaces: true, negative: 1 }), withFaces);
});

function panelOf(parts) {
  const section = element("section");
  section.dataset.handUrl = "/hands/0/";
  section.querySelector = (selector) => (parts[selector] ??= element());
  return new ResponsesPanel({ querySelector: () => section });
}

test("the panel says how many hands are up, since its list shows only the first", () => {
  const parts = {};
  const panel = panelOf(parts);
  const raise = (...names) =>
    panel.show({ answers: {}, said: 0, hands: names.map((name, id) => ({ id, name, since: 1 })) }, false);
  raise("Ada", "Ben", "Cem");
  assert.equal(parts["[data-hand-count]"].textContent, "3");
  raise();
  assert.equal(parts["[data-hand-count]"].textContent, "");
});

test("faces are not compared while the line about an ask takes their place", () => {
  const parts = {};
  const panel = panelOf(parts);
  const answers = { lost: 3, too_fast: 0, too_slow: 0, all_good: 0 };
  const responses = { answers, said: 3, present: 12, negative: 4, seen: 10, hands: [] };
  panel.show({ ...responses, asked: null }, true);
  assert.equal(parts["[data-summary]"].textContent, "3 of 12 say “Lost”; 4 of 10 readable faces look negative");
  panel.show({ ...responses, asked: { at: 1_700_000_000, answered: 3 } }, true);
  assert.equal(parts["[data-summary]"].textContent, "3 of 12 say “Lost”");
  panel.stop(); // ends the timer
});

test("a hand that could not be lowered says so, and can be lowered again", async (t) => {
  document.querySelector = () => ({ value: "token" });
  let isAvailable = false;
  const asked = t.mock.method(globalThis, "fetch", () =>
    Promise.resolve({ ok: isAvailable, status: isAvailable ? 204 : 503 }),
  );
  const list = element("ol");
  const parts = { "[data-hands]": list };
  panelOf(parts).show({ answers: {}, said: 0, hands: [{ id: 1, name: "Ada", since: 1 }] }, false);
  const [, , note, button] = list.children[0].children;
  button.dispatchEvent(new Event("click"));
  await settle();
  assert.deepEqual([note.textContent, note.dataset.problem], ["Not saved. Try again.", "yes"]);
  assert.equal(parts["[data-announcement]"].textContent, "Not saved. Try again.");
  isAvailable = true;
  button.dispatchEvent(new Event("click"));
  await settle();
  assert.equal(asked.mock.callCount(), 2);
  assert.equal(parts["[data-announcement]"].textContent, "");
});

test("a hand that is raised again between two messages has its own time and button", () => {
  const list = element("ul");
  const panel = panelOf({ "[data-hands]": list });
  const raise = (since) => panel.show({ answers: {}, said: 0, hands: [{ id: 1, name: "Ada", since }] }, false);
  raise(1_700_000_000);
  const [first] = list.children;
  raise(1_700_000_000);
  assert.deepEqual(list.children, [first]);
  raise(1_700_000_600);
  assert.equal(list.children.length, 1);
  assert.notEqual(list.children[0], first);
});

test("a hand that goes up or down moves no other, which would lose the focus and be announced again", (t) => {
  const list = element("ul");
  const panel = panelOf({ "[data-hands]": list });
  const raise = (...ids) =>
    panel.show({ answers: {}, said: 0, hands: ids.map((id) => ({ id, name: `Student ${id}`, since: id })) }, false);
  raise(1, 2);
  const insert = t.mock.method(list, "insertBefore");
  const append = t.mock.method(list, "append");
  raise(1, 2, 3);
  raise(2, 3);
  assert.deepEqual([insert.mock.callCount(), append.mock.callCount()], [1, 0]);
  assert.deepEqual(
    list.children.map((item) => item.children[1].textContent),
    ["Student 2", "Student 3"],
  );
});
