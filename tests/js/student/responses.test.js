import assert from "node:assert/strict";
import test from "node:test";

import { NOTHING, NOW, WELCOME, attend } from "./responses.js";

test("a student who joins has given no answer", (t) => {
  assert.deepEqual(attend(t).state(), NOTHING);
});

test("an answer shows at once, is sent, and is pending until the server confirms it", (t) => {
  const { responses, state, takeSent } = attend(t);
  responses.answer("lost");
  assert.deepEqual(takeSent(), [{ type: "say", answer: "lost" }]);
  assert.deepEqual(state(), { ...NOTHING, answer: "lost", isAnswerPending: true });
  responses.said({ answer: "lost", holds_until: NOW + 180 });
  assert.deepEqual(state(), { ...NOTHING, answer: "lost", until: NOW + 180 });
  assert.deepEqual(takeSent(), []);
});

test("an answer expires when it stops counting", (t) => {
  const { responses, state, advance } = attend(t);
  responses.said({ answer: "lost", holds_until: NOW + 180 });
  advance(179_999);
  assert.equal(state().answer, "lost");
  advance(1);
  assert.deepEqual(state(), NOTHING);
});

test("the end of an answer is on this machine's clock", (t) => {
  const { responses, state, advance } = attend(t, { ...WELCOME, now: NOW + 60 }); // the server's clock is ahead
  responses.said({ answer: "lost", holds_until: NOW + 240 });
  assert.equal(state().until, NOW + 180);
  advance(180_000);
  assert.equal(state().answer, null);
});

test("the server's state is shown after joining again", (t) => {
  const { state } = attend(t, { said: { answer: "too_fast", holds_until: NOW + 100 }, hand_up: true, now: NOW });
  assert.deepEqual(state(), { ...NOTHING, answer: "too_fast", until: NOW + 100, isHandUp: true });
});

test("an answer confirmed on another device replaces the one shown", (t) => {
  const { responses, state } = attend(t);
  responses.said({ answer: "lost", holds_until: NOW + 180 });
  responses.said({ answer: "all_good", holds_until: NOW + 190 });
  assert.deepEqual(state(), { ...NOTHING, answer: "all_good", until: NOW + 190 });
});

test("the confirmation of an earlier answer leaves the later one pending", (t) => {
  const { responses, state } = attend(t);
  responses.answer("lost");
  responses.answer("all_good");
  responses.said({ answer: "lost", holds_until: NOW + 180 });
  assert.deepEqual(state(), { ...NOTHING, answer: "all_good", isAnswerPending: true });
});

test("of fast presses only the latest is sent, after 2.5 seconds", (t) => {
  const { responses, takeSent, advance } = attend(t);
  for (const answer of ["lost", "too_fast", "too_slow", "all_good"]) responses.answer(answer);
  assert.deepEqual(takeSent(), [{ type: "say", answer: "lost" }]);
  advance(2499);
  assert.deepEqual(takeSent(), []);
  advance(1);
  assert.deepEqual(takeSent(), [{ type: "say", answer: "all_good" }]);
  advance(60_000);
  assert.deepEqual(takeSent(), []);
});

test("a hand toggles at once", (t) => {
  const { responses, state, takeSent, advance } = attend(t);
  responses.toggleHand();
  assert.deepEqual(takeSent(), [{ type: "hand", up: true }]);
  assert.deepEqual(state(), { ...NOTHING, isHandUp: true, isHandPending: true });
  responses.hand({ up: true });
  assert.deepEqual(state(), { ...NOTHING, isHandUp: true });
  advance(2500);
  responses.toggleHand();
  assert.deepEqual(takeSent(), [{ type: "hand", up: false }]);
  responses.hand({ up: false });
  assert.deepEqual(state(), NOTHING);
});

test("a hand that the teacher lowered says so, until the student raises it again", (t) => {
  const { responses, state } = attend(t, { ...WELCOME, hand_up: true });
  responses.hand({ up: false });
  assert.deepEqual(state(), { ...NOTHING, wasLowered: true });
  responses.toggleHand();
  assert.deepEqual(state(), { ...NOTHING, isHandUp: true, isHandPending: true });
});

test("a hand that went down because the student left was not lowered by the teacher", (t) => {
  const { responses, state } = attend(t, { ...WELCOME, hand_up: true });
  responses.connectionChanged("closed");
  responses.welcome(WELCOME);
  assert.deepEqual(state(), NOTHING);
});

test("a student who left and joined again is no longer told that the teacher lowered the hand", (t) => {
  const { responses, state } = attend(t, { ...WELCOME, hand_up: true });
  responses.hand({ up: false });
  responses.connectionChanged("closed");
  responses.welcome(WELCOME);
  assert.deepEqual(state(), NOTHING);
});

test("a hand that the teacher lowered while the connection was lost says so", (t) => {
  const { responses, state, takeSent } = attend(t, { ...WELCOME, hand_up: true });
  responses.connectionChanged("lost");
  responses.welcome(WELCOME);
  assert.deepEqual([takeSent(), state()], [[], { ...NOTHING, wasLowered: true }]);
});

test("a hand that went up before its connection was lost is not raised again", (t) => {
  const { responses, state, takeSent } = attend(t);
  responses.toggleHand();
  takeSent();
  responses.connectionChanged("lost");
  responses.welcome({ ...WELCOME, hand_up: true });
  assert.deepEqual([takeSent(), state()], [[], { ...NOTHING, isHandUp: true }]);
});

test("what was not sent before the student left is not sent when they join again", (t) => {
  const { responses, state, takeSent } = attend(t, null);
  responses.answer("lost");
  responses.toggleHand();
  responses.connectionChanged("closed");
  responses.welcome(WELCOME);
  assert.deepEqual([takeSent(), state()], [[], NOTHING]);
});

test("a hand raised on another device is shown, and was not lowered", (t) => {
  const { responses, state } = attend(t);
  responses.hand({ up: true });
  assert.deepEqual(state(), { ...NOTHING, isHandUp: true });
  responses.hand({ up: true });
  assert.equal(state().wasLowered, false);
});

test("an answer and a hand are sent together", (t) => {
  const { responses, takeSent, advance } = attend(t);
  responses.answer("lost");
  responses.toggleHand();
  responses.answer("all_good");
  takeSent();
  advance(2500);
  assert.deepEqual(takeSent(), [
    { type: "say", answer: "all_good" },
    { type: "hand", up: true },
  ]);
});

test("without a connection a response waits, and is sent after joining", (t) => {
  const { responses, state, takeSent, advance } = attend(t, null);
  responses.answer("lost");
  assert.deepEqual(state(), { ...NOTHING, answer: "lost", isAnswerPending: true, isConnected: false });
  advance(60_000);
  assert.deepEqual(takeSent(), []);
  responses.welcome(WELCOME);
  assert.deepEqual(takeSent(), [{ type: "say", answer: "lost" }]);
});

test("a response that waited for more than a minute is dropped", (t) => {
  const { responses, state, takeSent, advance } = attend(t, null);
  responses.answer("lost");
  advance(60_001);
  responses.welcome(WELCOME);
  assert.deepEqual([takeSent(), state()], [[], NOTHING]);
});

test("what was not confirmed is sent again over the next connection", (t) => {
  const { responses, state, takeSent, advance } = attend(t);
  responses.answer("lost");
  takeSent();
  responses.connectionChanged("lost");
  assert.equal(state().isConnected, false);
  responses.connectionChanged("open");
  assert.equal(state().isConnected, false); // the server has not sent its state yet
  advance(5000);
  assert.deepEqual(takeSent(), []);
  responses.welcome(WELCOME);
  assert.deepEqual(takeSent(), [{ type: "say", answer: "lost" }]);
});

test("an answer that was stored before its connection was lost is not sent again", (t) => {
  const { responses, state, takeSent, advance } = attend(t);
  responses.answer("lost");
  takeSent();
  responses.connectionChanged("lost");
  advance(20_000);
  const said = { answer: "lost", at: NOW + 0.1, holds_until: NOW + 180.1 };
  responses.welcome({ said, hand_up: false, now: NOW + 20 });
  assert.deepEqual([takeSent(), state()], [[], { ...NOTHING, answer: "lost", until: NOW + 180.1 }]);
});

test("an answer that was given again while there was no connection is sent", (t) => {
  const { responses, takeSent, advance } = attend(t);
  responses.connectionChanged("lost");
  advance(120_000);
  responses.answer("lost");
  advance(1_000);
  const said = { answer: "lost", at: NOW, holds_until: NOW + 180 };
  responses.welcome({ said, hand_up: false, now: NOW + 121 });
  assert.deepEqual(takeSent(), [{ type: "say", answer: "lost" }]);
});

test("an answer that the server took for the last one, seconds before, is confirmed", (t) => {
  const { responses, state, advance } = attend(t);
  advance(4_000);
  responses.answer("lost");
  responses.welcome({ said: { answer: "lost", at: NOW, holds_until: NOW + 180 }, hand_up: false, now: NOW + 4 });
  assert.equal(state().isAnswerPending, false);
});

test("a response that the server could not store is sent again", (t) => {
  const { responses, takeSent, advance } = attend(t);
  responses.answer("lost");
  takeSent();
  responses.refused({ code: "too_fast" });
  advance(2500);
  assert.deepEqual(takeSent(), []);
  responses.refused({ code: "unavailable" });
  assert.deepEqual(takeSent(), [{ type: "say", answer: "lost" }]);
});

test("a response that the server could not store for more than a minute is dropped", (t) => {
  const { responses, state, takeSent, advance } = attend(t);
  responses.answer("lost");
  responses.toggleHand();
  for (let seconds = 0; seconds < 60; seconds += 5) {
    responses.refused({ code: "unavailable" });
    advance(5000);
  }
  takeSent();
  advance(1);
  responses.refused({ code: "unavailable" });
  advance(5000);
  assert.deepEqual([takeSent(), state()], [[], NOTHING]);
});

test("a state over HTTP confirms what it holds, and what it does not is sent again", (t) => {
  const { responses, state, takeSent, advance } = attend(t);
  responses.answer("lost");
  responses.welcome({ said: { answer: "lost", at: NOW, holds_until: NOW + 180 }, hand_up: false, now: NOW });
  assert.deepEqual(state(), { ...NOTHING, answer: "lost", until: NOW + 180 });
  takeSent();
  responses.toggleHand();
  responses.welcome({ said: { answer: "lost", at: NOW, holds_until: NOW + 180 }, hand_up: false, now: NOW });
  advance(2500);
  assert.deepEqual(takeSent(), [{ type: "hand", up: true }]);
  responses.welcome({ said: null, hand_up: true, now: NOW });
  assert.deepEqual(state(), { ...NOTHING, isHandUp: true });
  responses.welcome({ said: null, hand_up: false, now: NOW });
  assert.deepEqual(state(), { ...NOTHING, wasLowered: true });
});

test("while the page polls, responses are sent", (t) => {
  const { responses, takeSent } = attend(t);
  responses.connectionChanged("polling");
  responses.answer("lost");
  assert.deepEqual(takeSent(), [{ type: "say", answer: "lost" }]);
});
