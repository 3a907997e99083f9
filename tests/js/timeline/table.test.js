import { element } from "../elements.js";

import assert from "node:assert/strict";
import test from "node:test";

import { fillTable } from "../../../static/js/timeline/table.js";

const PARTS = { hasPresence: true, hasAnswers: false, readsFaces: false, annotations: [], windowS: 10 };

const texts = ({ rows }) => rows.map(({ cells }) => cells.map(({ textContent }) => textContent));

function window(at, present) {
  return { at: 1_700_000_000 + at, counts: null, probabilities: null, answers: { lost: 1 }, seen: 0, present };
}

test("a class that goes on writes the texts that changed and leaves the cells in place", () => {
  const table = { tHead: element(), tBodies: [element()] };
  fillTable(table, [window(0, 3)], PARTS);
  const [head, body] = [table.tHead, table.tBodies[0]];
  assert.deepEqual(texts(head), [["Time", "Lost", "Too fast", "Too slow", "All good", "Present"]]);
  assert.deepEqual(texts(body), [["03:43:20", "1", "0", "0", "0", "3"]]);
  const cells = [head, body].map(({ rows }) => rows[0].cells);
  assert.deepEqual(
    [cells[0][0], cells[1][0], cells[1][1]].map(({ tag, attributes }) => [tag, attributes.scope]),
    [
      ["th", "col"],
      ["th", "row"],
      ["td", undefined],
    ],
  );
  fillTable(table, [window(0, 4), window(10, 4)], PARTS);
  assert.deepEqual(
    [head, body].map(({ rows }) => rows[0].cells),
    cells,
  );
  assert.deepEqual(
    texts(body).map((row) => row.at(-1)),
    ["4", "4"],
  );
});

test("other columns or fewer windows replace what was there", () => {
  const table = { tHead: element(), tBodies: [element()] };
  fillTable(table, [window(0, 3), window(10, 3)], PARTS);
  const marked = { ...PARTS, annotations: [{ at: 1_700_000_001, text: "Exercise" }] };
  fillTable(table, [window(0, 3)], marked);
  assert.deepEqual(texts(table.tHead)[0].at(-1), "Marker");
  assert.deepEqual(texts(table.tBodies[0]), [["03:43:20", "1", "0", "0", "0", "3", "Exercise"]]);
  fillTable(table, [], marked);
  assert.deepEqual(texts(table.tBodies[0]), []);
});
