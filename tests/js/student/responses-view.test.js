import "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { describeAnswer, describeHand } from "../../../static/js/student/responses-view.js";

const UNTIL = Date.parse("2026-03-01T10:12:59Z") / 1000;

for (const [state, text] of [
  [{ answer: null, isConnected: true }, "No answer at the moment. An answer counts for three minutes."],
  [{ answer: "too_fast", until: UNTIL, isConnected: true }, "“Too fast” counts until 15:42."],
  [{ answer: "too_fast", until: UNTIL, isConnected: false }, "“Too fast” counts until 15:42."],
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
