import assert from "node:assert/strict";
import test from "node:test";

import { compareByName, compareByPriority } from "../../../static/js/teacher/order.js";

let nextId = 1;

function tile(name, values = {}) {
  const sort = name
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
  return { id: nextId++, name, sort, state: "seen", hand_since: null, says: null, trend: [0], ...values };
}

function order(compare, tiles) {
  return tiles.toSorted(compare).map(({ name }) => name);
}

test("names are compared by the text that the server sorts by", () => {
  assert.deepEqual(order(compareByName, [tile("bela"), tile("Cara"), tile("Ána")]), ["Ána", "bela", "Cara"]);
});

test("students of the same name are in the order of their ids", () => {
  const [first, second] = [tile("Kim"), tile("Kim")];
  assert.deepEqual([second, first].sort(compareByName), [first, second]);
});

test("new alerts, noted alerts, hands and answers precede every state", () => {
  const tiles = [
    tile("quiet"),
    tile("slower", { says: { answer: "too_fast" } }),
    tile("faster", { says: { answer: "too_slow" } }),
    tile("no face", { state: "no_face" }),
    tile("unpleasant", { trend: [-0.25, -0.25, -0.25] }),
    tile("lost", { says: { answer: "lost" } }),
    tile("hand", { hand_since: 1 }),
    tile("noted", { alert: "noted" }),
    tile("new", { alert: "new", state: "left" }),
  ];
  assert.deepEqual(order(compareByPriority, tiles), [
    "new",
    "noted",
    "hand",
    "lost",
    "faster",
    "slower",
    "unpleasant",
    "no face",
    "quiet",
  ]);
});

test("an answer that all is good does not move a student forward", () => {
  const tiles = [tile("Anna"), tile("Ben", { says: { answer: "all_good" } })];
  assert.deepEqual(order(compareByPriority, tiles), ["Anna", "Ben"]);
});

test("states are in the order in which they need the teacher", () => {
  const states = ["no_face", "disconnected", "uncertain", "waiting", "seen", "in_class", "paused", "no_consent"];
  states.push("left", "absent");
  const tiles = states.map((state) => tile(state, { state }));
  assert.deepEqual(order(compareByPriority, tiles.toReversed()), states);
});

for (const state of ["disconnected", "left", "absent"]) {
  test(`a hand and an answer of a student who is ${state} do not count`, () => {
    const tiles = [tile("gone", { state, hand_since: 1, says: { answer: "lost" } }), tile("here")];
    const expected = state === "disconnected" ? ["gone", "here"] : ["here", "gone"];
    assert.deepEqual(order(compareByPriority, tiles), expected);
  });
}

test("the mean of the last three readings decides, in steps of a quarter", () => {
  const tiles = [
    tile("Zoe", { trend: [-1, -1, 0.2, 0.2, 0.2] }), // a mean of 0.2: one step
    tile("Amy", { trend: [0.3] }), // one step, too
    tile("Max", { trend: [0.6, 0.6, 0.6] }), // two steps
    tile("Eve", { trend: [] }), // none
  ];
  assert.deepEqual(order(compareByPriority, tiles), ["Eve", "Amy", "Zoe", "Max"]);
});

test("the mean of -0.25 is unpleasant, a little more is not", () => {
  const tiles = [tile("Amy", { trend: [-0.2] }), tile("Zoe", { trend: [-0.25] }), tile("Bo", { state: "no_face" })];
  assert.deepEqual(order(compareByPriority, tiles), ["Zoe", "Bo", "Amy"]);
});

test("a student who says that all is good is not moved by their face", () => {
  const unpleasant = { trend: [-0.5, -0.5, -0.5] };
  const tiles = [tile("calm"), tile("good", { ...unpleasant, says: { answer: "all_good" } }), tile("sad", unpleasant)];
  assert.deepEqual(order(compareByPriority, tiles), ["sad", "calm", "good"]);
});
