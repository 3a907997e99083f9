import { element } from "../elements.js";

import assert from "node:assert/strict";
import test from "node:test";

import { SeatHint } from "../../../static/js/teacher/seat-hint.js";

// A map of seats with the pointer over one.
function pointAtSeat() {
  const [grid, hint, seat] = [element("ul"), element("p"), element("li")];
  grid.dataset.density = "map";
  grid.append(seat);
  let text = "Ada · Happy";
  const shown = new SeatHint(hint, grid, () => text);
  const pointer = new Event("pointerover");
  Object.defineProperty(pointer, "target", { value: { closest: () => seat } });
  grid.dispatchEvent(pointer);
  const change = (words) => {
    text = words;
    shown.refresh();
  };
  return { grid, hint, seat, change };
}

test("the seat under the pointer is described, and again when it changes", () => {
  const { hint, change } = pointAtSeat();
  assert.deepEqual([hint.hidden, hint.textContent], [false, "Ada · Happy"]);
  change("Ada · Paused");
  assert.deepEqual([hint.hidden, hint.textContent], [false, "Ada · Paused"]);
});

test("the hint disappears with its seat and with the pointer", () => {
  const { grid, hint, change } = pointAtSeat();
  grid.dispatchEvent(new Event("pointerleave"));
  change("Ada · Sad");
  assert.equal(hint.hidden, true);
  const other = pointAtSeat();
  other.seat.remove();
  other.change("Ada · Sad");
  assert.equal(other.hint.hidden, true);
});
