import { freezeTime } from "../page.js";
import { element } from "../elements.js";

import assert from "node:assert/strict";
import test from "node:test";

import { Announcer, EventAnnouncer } from "../../../static/js/lib/announcer.js";

const CALM = "Most faces look calm.";
const TROUBLED = "Most faces look troubled: 7 of 9, since 10:12.";
const STILL_TROUBLED = "Most faces look troubled: 8 of 9, since 10:12.";

function announcer(t, Kind = Announcer) {
  const advance = freezeTime(t);
  const place = element();
  const spoken = [];
  Object.defineProperty(place, "textContent", {
    get: () => spoken.at(-1) ?? "",
    set(text) {
      spoken.push(text);
    },
  });
  return { announced: new Kind(place), spoken, advance };
}

test("what is first known is announced at once", (t) => {
  const { announced, spoken } = announcer(t);
  announced.update(CALM);
  assert.deepEqual(spoken, [CALM]);
});

test("a change waits until a minute has passed since the last announcement", (t) => {
  const { announced, spoken, advance } = announcer(t);
  announced.update(CALM);
  advance(20_000);
  announced.update(TROUBLED);
  advance(39_999);
  assert.deepEqual(spoken, [CALM]);
  advance(1);
  assert.deepEqual(spoken, [CALM, TROUBLED]);
});

test("of several changes in a minute only the last is announced", (t) => {
  const { announced, spoken, advance } = announcer(t);
  for (const text of [CALM, TROUBLED, "No face is readable.", STILL_TROUBLED]) announced.update(text);
  advance(60_000);
  assert.deepEqual(spoken, [CALM, STILL_TROUBLED]);
});

test("a change that is gone within the minute is not announced", (t) => {
  const { announced, spoken, advance } = announcer(t);
  for (const text of [CALM, TROUBLED, CALM]) announced.update(text);
  advance(60_000);
  assert.deepEqual(spoken, [CALM]);
});

test("other numbers are not announced", (t) => {
  const { announced, spoken, advance } = announcer(t);
  announced.update(TROUBLED);
  advance(60_000);
  announced.update(STILL_TROUBLED);
  assert.deepEqual(spoken, [TROUBLED]);
});

test("a change after a quiet minute is announced at once", (t) => {
  const { announced, spoken, advance } = announcer(t);
  announced.update(CALM);
  advance(60_000);
  announced.update(TROUBLED);
  assert.deepEqual(spoken, [CALM, TROUBLED]);
});

test("the first event is announced at once, and those of the next minute together", (t) => {
  const { announced, spoken, advance } = announcer(t, EventAnnouncer);
  announced.add(["Alert. Asha: away."]);
  announced.add(["Alert. Ben: away."]);
  advance(30_000);
  announced.add(["Alert. Chen: sad.", "Alert. Dia: sad."]);
  assert.deepEqual(spoken, ["Alert. Asha: away."]);
  advance(30_000);
  assert.deepEqual(spoken, ["Alert. Asha: away.", "Alert. Ben: away. Alert. Chen: sad. Alert. Dia: sad."]);
});

test("no event is nothing to announce", (t) => {
  const { announced, spoken, advance } = announcer(t, EventAnnouncer);
  announced.add([]);
  announced.add(["Alert. Asha: away."]);
  advance(120_000);
  announced.add(["Alert. Ben: away."]);
  assert.deepEqual(spoken, ["Alert. Asha: away.", "Alert. Ben: away."]);
});
