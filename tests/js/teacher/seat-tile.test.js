import "../elements.js";

import assert from "node:assert/strict";
import test from "node:test";

import { SeatTile } from "../../../static/js/teacher/seat-tile.js";

const SEEN = {
  id: 3,
  name: "Ada",
  state: "seen",
  expression: "happy",
  confidence: 0.8,
  uncertain: null,
  trend: [],
  says: null,
  hand_since: null,
  updated: 10,
  heard: 10,
};

function texts({ element }) {
  const [mark, text, foot] = element.children;
  const [responses, , detail] = foot.children;
  return {
    state: element.dataset.state,
    expression: element.dataset.expression ?? null,
    letter: mark.children[2].textContent,
    label: text.children[1].textContent,
    detail: detail.textContent,
    responses: responses.hidden
      ? null
      : responses.children.filter(({ hidden }) => !hidden).map((child) => child.textContent),
  };
}

test("a reading is shown with its letter, label and confidence", () => {
  const shown = { state: "seen", expression: "happy", letter: "H", label: "Happy", detail: "clear", responses: null };
  assert.deepEqual(texts(new SeatTile(SEEN)), shown);
});

test("an uncertain reading gives its reason instead of an expression", () => {
  const tile = new SeatTile(SEEN);
  tile.update({ ...SEEN, state: "uncertain", expression: null, uncertain: "too_dark", updated: 11 });
  const { state, expression, label, detail } = texts(tile);
  assert.deepEqual([state, expression, label, detail], ["uncertain", null, "Cannot tell", "too dark"]);
});

test("another state names itself", () => {
  const { label, detail } = texts(new SeatTile({ ...SEEN, state: "paused", expression: null }));
  assert.deepEqual([label, detail], ["Paused", ""]);
});

test("a hand and an answer are shown, and disappear with them", () => {
  const tile = new SeatTile({ ...SEEN, hand_since: 5, says: { answer: "lost" } });
  assert.deepEqual(texts(tile).responses, ["Hand up", "Lost"]);
  tile.update({ ...SEEN, says: { answer: "all_good" }, heard: 11 });
  assert.deepEqual(texts(tile).responses, ["All good"]);
  tile.update({ ...SEEN, heard: 12 });
  assert.equal(texts(tile).responses, null);
});

test("a small seat describes itself by name, reading, hand and answer", () => {
  const tile = new SeatTile(SEEN);
  assert.equal(tile.description, "Ada · Happy");
  tile.update({ ...SEEN, hand_since: 5, says: { answer: "lost" }, heard: 11 });
  assert.equal(tile.description, "Ada · Happy · Hand up · Lost");
});

test("a screen reader hears the state, the responses and an alert with the name that has the focus", () => {
  const { element } = new SeatTile({ ...SEEN, hand_since: 5 });
  const [, text, foot] = element.children;
  const [name, label] = text.children;
  const described = name.children[0].attributes["aria-describedby"].split(" ");
  assert.deepEqual(described, [label.attributes.id, foot.attributes.id]);
  assert.equal(foot.children.at(-1).textContent, "Alert");
});

test("an older update changes nothing", () => {
  const tile = new SeatTile(SEEN);
  tile.update({ ...SEEN, state: "left", updated: 9, heard: 9, hand_since: 5 });
  assert.deepEqual([texts(tile).state, texts(tile).responses], ["seen", null]);
});
