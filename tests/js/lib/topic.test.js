import { resetPage } from "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { showTopic } from "../../../static/js/lib/topic.js";

test("a new topic replaces the old one in the heading and in the title", () => {
  resetPage();
  document.title = "Means · Attune";
  const heading = { textContent: "Means" };
  const root = { querySelector: (selector) => (selector === "h1" ? heading : null) };
  showTopic(root, "Costs in $& and $1");
  assert.equal(heading.textContent, "Costs in $& and $1");
  assert.equal(document.title, "Costs in $& and $1 · Attune");
});

for (const [title, before, topic, after] of [
  ["(1) 1 · Attune", "1", "Means", "(1) Means · Attune"],
  ["(2) (2) Means · Attune", "(2) Means", "Costs", "(2) Costs · Attune"],
  ["Attune · Attune", "Attune", "Costs", "Costs · Attune"],
]) {
  test(`a new topic leaves the rest of “${title}” as it is`, () => {
    resetPage();
    document.title = title;
    showTopic({ querySelector: () => ({ textContent: before }) }, topic);
    assert.equal(document.title, after);
  });
}

test("a heading's tooltip follows the topic", () => {
  resetPage();
  document.title = "Means · Attune";
  const heading = { textContent: "Means", title: "Means" };
  showTopic({ querySelector: () => heading }, "Costs");
  assert.equal(heading.title, "Costs");
});
