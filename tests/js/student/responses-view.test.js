import { element } from "../elements.js";

import assert from "node:assert/strict";
import test from "node:test";

import { connectResponses, describeAnswer, describeHand } from "../../../static/js/student/responses-view.js";

const UNTIL = Date.parse("2026-03-01T10:12:59Z") / 1000;

for (const [state, text] of [
  [{ answer: null, isConnected: true }, "No answer at the moment. An answer counts for three minutes."],
  [{ answer: "too_fast", until: UNTIL, isConnected: true }, "“Too fast” counts until 15:42."],
  [{ answer: "too_fast", until: UNTIL, isConnected: false }, "“Too fast” counts until 15:42."],
  [{ answer: "too_fast", until: UNTIL, askedAt: UNTIL - 60 }, "Your earlier answer “Too fast” counts until 15:42."],
  [{ answer: null, askedAt: UNTIL - 60 }, "No answer at the moment. An answer counts for three minutes."],
  [{ answer: "lost", until: null, isAnswerPending: true, isConnected: true }, "Sending …"],
  [{ answer: "lost", until: null, isAnswerPending: true, isConnected: false }, "Not sent yet: no connection."],
]) {
  test(`the state of an answer reads: ${text}`, () => assert.equal(describeAnswer(state), text));
}

test("the state of a hand tells whether it is up, and whether the teacher lowered it", () => {
  assert.equal(describeHand({ isHandUp: true, wasLowered: false }), "Your hand is up.");
  assert.equal(describeHand({ isHandUp: true, wasLowered: true }), "Your hand is up.");
  assert.equal(describeHand({ isHandUp: false, wasLowered: true }), "Your teacher lowered your hand.");
  assert.equal(describeHand({ isHandUp: false, wasLowered: false }), "");
});

test("a hand is not called up before the server has confirmed it", () => {
  const raised = { isHandUp: true, isHandPending: true };
  assert.equal(describeHand({ ...raised, isConnected: true }), "Sending …");
  assert.equal(describeHand({ ...raised, isConnected: false }), "Not sent yet: no connection.");
  assert.equal(
    describeAnswer({ ...raised, answer: null }),
    "No answer at the moment. An answer counts for three minutes.",
  );
});

// The card, and the tab that it is in.
function openCard() {
  const icon = { href: "/mark.svg" };
  Object.assign(document, { title: "Means · Attune", querySelector: () => icon });
  const parts = {};
  const card = element("section");
  card.querySelector = (selector) => (parts[selector] ??= element());
  parts["[data-hand]"] = Object.assign(element("button"), { querySelector: () => element() });
  parts["[data-question]"] = element("h2");
  parts["[data-question]"].textContent = "How is the class going for you?";
  const buttons = ["lost", "all_good"].map((answer) => Object.assign(element("button"), { dataset: { answer } }));
  card.querySelectorAll = () => buttons;
  const responses = connectResponses({ querySelector: () => card }, { send() {} });
  return {
    responses,
    pressed: () =>
      buttons.filter(({ attributes }) => attributes["aria-pressed"] === "true").map((each) => each.dataset.answer),
    shown: () => [
      card.dataset.asked,
      parts["[data-question]"].textContent,
      parts["[data-announcement]"]?.textContent ?? "",
      document.title,
    ],
  };
}

const STANDING = [undefined, "How is the class going for you?", "", "Means · Attune"];
const ASKS = "Your teacher asks: how is the class going for you?";

test("a card that the teacher asks in says so, announces it and badges the tab, until the student answers", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: UNTIL * 1000 });
  t.mock.method(globalThis, "fetch", () => Promise.resolve({ text: () => "<svg></svg>" }));
  const { responses, pressed, shown } = openCard();
  const said = { answer: "lost", at: UNTIL - 60, holds_until: UNTIL + 120 };
  responses.welcome({ said, hand_up: false, now: UNTIL, asked_at: null });
  assert.deepEqual([shown(), pressed()], [STANDING, ["lost"]]);
  responses.asked({ at: UNTIL });
  assert.deepEqual([shown(), pressed()], [["yes", ASKS, ASKS, "(1) Means · Attune"], []]);
  responses.answer("lost");
  assert.deepEqual([shown(), pressed()], [STANDING, ["lost"]]);
});

test("an ask is taken back when the class ends", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: UNTIL * 1000 });
  t.mock.method(globalThis, "fetch", () => Promise.resolve({ text: () => "<svg></svg>" }));
  const { responses, shown } = openCard();
  responses.welcome({ said: null, hand_up: false, now: UNTIL, asked_at: UNTIL - 10 });
  assert.equal(shown()[1], ASKS);
  responses.connectionChanged("closed");
  assert.deepEqual(shown(), STANDING);
});
