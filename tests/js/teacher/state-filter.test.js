import { element } from "../elements.js";

import assert from "node:assert/strict";
import test from "node:test";

import { StateFilter } from "../../../static/js/teacher/state-filter.js";

function build(states = []) {
  const list = element();
  let changes = 0;
  const filter = new StateFilter(list, () => (changes += 1));
  filter.count(states);
  return {
    filter,
    press: (label) =>
      list.children.find(({ textContent }) => textContent.startsWith(label)).dispatchEvent(new Event("click")),
    visible: () => list.children.filter(({ hidden }) => !hidden).map(({ textContent }) => textContent),
    pressed: () =>
      list.children
        .filter(({ attributes }) => attributes["aria-pressed"] === "true")
        .map(({ textContent }) => textContent),
    changes: () => changes,
  };
}

test("buttons name the states that students are in, and how many", () => {
  assert.deepEqual(build(["seen", "left", "seen"]).visible(), ["All3", "Readable2", "Left1"]);
});

test("an empty class has the button for all students alone", () => {
  assert.deepEqual(build().visible(), ["All0"]);
});

test("at first all states are accepted", () => {
  const { filter, pressed } = build(["seen", "left"]);
  assert.deepEqual([filter.accepts("seen"), filter.accepts("left"), pressed()], [true, true, ["All2"]]);
});

test("pressing a state accepts that one alone", () => {
  const { filter, press, pressed, changes } = build(["seen", "left"]);
  press("Left");
  assert.deepEqual([filter.accepts("seen"), filter.accepts("left"), pressed(), changes()], [false, true, ["Left1"], 1]);
});

test("pressing a chosen state again accepts all", () => {
  const { filter, press, pressed, changes } = build(["seen", "left"]);
  press("Left");
  press("Left");
  assert.deepEqual([filter.accepts("seen"), pressed(), changes()], [true, ["All2"], 2]);
});

test("a chosen state stays visible when nobody is in it any more", () => {
  const { filter, press, visible } = build(["seen", "left"]);
  press("Left");
  filter.count(["seen", "seen"]);
  assert.deepEqual(visible(), ["All2", "Readable2", "Left0"]);
});

test("a button with the focus stays when nobody is in its state any more", (t) => {
  const list = element();
  const filter = new StateFilter(list, () => {});
  filter.count(["waiting"]);
  const waiting = list.children.find(({ textContent }) => textContent === "Waiting1");
  document.activeElement = waiting;
  t.after(() => delete document.activeElement);
  filter.count(["seen"]);
  assert.equal(waiting.hidden, false);
  document.activeElement = list;
  filter.count(["seen"]);
  assert.equal(waiting.hidden, true);
});
