import { element } from "../elements.js";
import { deferred, freezeTime, settle } from "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { AskPanel } from "../../../static/js/teacher/ask-panel.js";

const NOW = Date.parse("2026-03-01T05:02:00Z") / 1000;

// A card on a page whose server answers each ask with the next of `answers`: seconds since 1970, or a failure's status, or
// a promise of either.
function openCard(t, ...answers) {
  const advance = freezeTime(t, NOW);
  const asks = [];
  document.querySelector = () => ({ value: "token" });
  t.mock.method(globalThis, "fetch", async (url, { method }) => {
    asks.push(`${method} ${url}`);
    const answer = await answers.shift();
    const ok = answer > 1000;
    return { ok, status: ok ? 200 : answer, json: () => Promise.resolve({ asked_at: answer }) };
  });
  const parts = {};
  const card = element("section");
  card.dataset.askUrl = "/ask/";
  card.querySelector = (selector) => (parts[selector] ??= element());
  const panel = new AskPanel(card);
  const button = parts["[data-ask]"];
  return {
    ...{ advance, asks, panel, button },
    show(asked, now) {
      if (now) panel.setClock(now);
      panel.show({ asked, present: 22 });
    },
    line: () => parts["[data-asked]"].textContent,
    isProblem: () => parts["[data-asked]"].dataset.problem === "yes",
    announced: () => parts["[data-announcement]"].textContent,
    isResting: () => button.ariaDisabled === "true",
    async click() {
      button.dispatchEvent(new Event("click"));
      await settle();
    },
  };
}

test("a click asks, and the line counts who has answered since", async (t) => {
  const { click, asks, show, line, isResting } = openCard(t, NOW);
  show(null, NOW);
  assert.deepEqual([line(), isResting()], ["", false]);
  await click();
  assert.deepEqual([asks, isResting()], [["POST /ask/"], true]);
  show({ at: NOW, answered: 0 });
  assert.equal(line(), "Asked at 10:32: 0 of 22 have answered since.");
  show({ at: NOW, answered: 1 });
  assert.equal(line(), "Asked at 10:32: 1 of 22 has answered since.");
  show(null);
  assert.equal(line(), "");
});

test("only the ask is announced, not the counts", (t) => {
  const { show, announced } = openCard(t);
  show(null, NOW);
  show({ at: NOW, answered: 0 });
  show({ at: NOW, answered: 9 });
  assert.equal(announced(), "Asked at 10:32: 0 of 22 have answered since.");
  show({ at: NOW + 60, answered: 0 });
  assert.equal(announced(), "Asked at 10:33: 0 of 22 have answered since.");
});

test("an ask from before the page was opened is shown and not announced", (t) => {
  const { show, announced, line } = openCard(t);
  show({ at: NOW - 30, answered: 9 }, NOW);
  assert.deepEqual([line(), announced()], ["Asked at 10:31: 9 of 22 have answered since.", ""]);
});

test("nobody can ask again within a minute, whoever asked", async (t) => {
  const { advance, click, asks, show, isResting } = openCard(t, NOW + 30);
  show(null, NOW);
  show({ at: NOW, answered: 0 });
  await click();
  assert.deepEqual([asks, isResting()], [[], true]);
  advance(59_999);
  assert.equal(isResting(), true);
  advance(1);
  assert.equal(isResting(), false);
});

test("the minute is on the server's clock", (t) => {
  const { advance, show, isResting } = openCard(t);
  show({ at: NOW + 580, answered: 0 }, NOW + 600); // the server's clock is ahead
  advance(39_999);
  assert.equal(isResting(), true);
  advance(1);
  assert.equal(isResting(), false);
});

test("the minute of an ask that was shown before the server's clock was known is on that clock", (t) => {
  const { panel, show, isResting } = openCard(t);
  show({ at: NOW - 600, answered: 0 });
  assert.equal(isResting(), false);
  panel.setClock(NOW - 580);
  assert.equal(isResting(), true);
});

test("an ask that failed says so until the next one", async (t) => {
  const { advance, click, show, line, isProblem, announced, isResting } = openCard(t, 503, NOW + 61);
  show({ at: NOW, answered: 9 }, NOW);
  advance(60_000);
  await click();
  const problem = "The class was not asked. Try again.";
  assert.deepEqual([line(), isProblem(), announced(), isResting()], [problem, true, problem, false]);
  show({ at: NOW, answered: 10 });
  assert.equal(line(), problem);
  await click();
  assert.deepEqual([isProblem(), isResting()], [false, true]);
  show({ at: NOW + 61, answered: 0 });
  assert.equal(line(), "Asked at 10:33: 0 of 22 have answered since.");
});

test("an ask whose answer was lost does not claim that the class was not asked", async (t) => {
  const answer = deferred();
  const { click, show, line, isProblem, announced, isResting } = openCard(t, answer.promise);
  show(null, NOW);
  await click();
  show({ at: NOW, answered: 0 });
  answer.resolve(504);
  await settle();
  const text = "Asked at 10:32: 0 of 22 have answered since.";
  assert.deepEqual([line(), isProblem(), announced(), isResting()], [text, false, text, true]);
});

test("an ask that failed because the class has ended offers no other try", async (t) => {
  const answer = deferred();
  const { click, panel, show, line, announced } = openCard(t, answer.promise);
  show(null, NOW);
  await click();
  panel.stop();
  answer.resolve(410);
  await settle();
  assert.deepEqual([line(), announced()], ["", ""]);
});

test("an ended class cannot be asked", (t) => {
  const { panel, show, line, button } = openCard(t);
  show({ at: NOW, answered: 9 }, NOW);
  panel.stop();
  assert.deepEqual([line(), button.hidden], ["", true]);
});
