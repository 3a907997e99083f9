import assert from "node:assert/strict";
import { test } from "node:test";
import "../page.js";
import { compare, valueOf } from "../../../static/js/lib/sortable-tables.js";

const cell = (textContent, value) => ({ textContent, dataset: value === undefined ? {} : { value } });

test("a number is read from the beginning of a cell", () => {
  const cells = ["24 / 28", " 71 % ", "–", ""].map((text) => cell(text));
  assert.deepEqual(
    cells.map((each) => valueOf(each, "number")),
    [24, 71, null, null],
  );
});

test("a cell's stated value comes before its text", () => {
  assert.equal(valueOf(cell("2 Nov", "1762077600"), "number"), 1762077600);
});

test("numbers within names sort by their value, and accents do not part names", () => {
  const names = ["Student 10", "Student 9", "Émile", "Eva", "zoe", "Ada"];
  assert.deepEqual(
    names.sort((a, b) => compare(a, b, 1)),
    ["Ada", "Émile", "Eva", "Student 9", "Student 10", "zoe"],
  );
});

test("unknown values come last in both directions", () => {
  for (const [sign, expected] of [
    [1, [1, 2, null]],
    [-1, [2, 1, null]],
  ]) {
    assert.deepEqual(
      [2, null, 1].sort((a, b) => compare(a, b, sign)),
      expected,
    );
  }
});
