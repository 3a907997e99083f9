import "../page.js"; // for a reader in India, 5 h 30 min ahead of UTC, whose browser is in New York

import assert from "node:assert/strict";
import test from "node:test";

import { clockTime, localTime, shortClockTime } from "../../../static/js/lib/time.js";

const AT = new Date("2026-03-01T20:15:07Z");

test("clock times are in the page's time zone, not in the browser's", () => {
  assert.equal(clockTime(AT / 1000), "01:45:07");
  assert.equal(shortClockTime(AT / 1000), "01:45");
});

test("midnight is 00, not 24", () => {
  assert.equal(clockTime(Date.parse("2026-03-01T18:30:00Z") / 1000), "00:00:00");
});

for (const [local, text] of [
  ["time", "01:45"],
  ["day", "2 Mar 2026"],
  ["both", "2 Mar 2026, 01:45"],
]) {
  test(`a time shown as "${local}" is "${text}"`, () => assert.equal(localTime(AT, { local }), text));
}

test("an end on the same day as its start, in the page's time zone, is a time", () => {
  assert.equal(localTime(AT, { local: "end", start: "2026-03-01T18:30:00Z" }), "01:45");
});

test("an end on another day than its start names the day", () => {
  assert.equal(localTime(AT, { local: "end", start: "2026-03-01T18:29:59Z" }), "2 Mar 2026, 01:45");
});

function onPageOf(timeZone) {
  document.documentElement.dataset.timeZone = timeZone;
  return import(`../../../static/js/lib/time.js?zone=${timeZone}`);
}

test("the hour in which clocks go back comes twice", async () => {
  const page = await onPageOf("Europe/Berlin");
  const hours = ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"];
  assert.deepEqual(
    hours.map((at) => page.shortClockTime(Date.parse(at) / 1000)),
    ["02:30", "02:30", "03:30"],
  );
});

for (const unknown of ["", "Mars/Olympus"]) {
  test(`a page in the zone "${unknown}" shows the browser's time`, async () => {
    const page = await onPageOf(unknown);
    assert.equal(page.clockTime(AT / 1000), "15:15:07");
  });
}
