import assert from "node:assert/strict";
import test from "node:test";

import { NOTHING, NOW, WELCOME, attend, given } from "./responses.js";

test("the teacher's ask stands until the student answers it, any answer", (t) => {
  for (const answer of ["lost", "all_good"]) {
    const { responses, state } = attend(t, { ...WELCOME, said: given("lost", NOW - 60) });
    responses.asked({ at: NOW });
    assert.deepEqual(state(), { ...NOTHING, answer: "lost", until: NOW + 120, askedAt: NOW });
    responses.answer(answer);
    assert.deepEqual(state(), { ...NOTHING, answer, isAnswerPending: true });
    responses.said(given(answer, NOW + 1));
    assert.deepEqual(state(), { ...NOTHING, answer, until: NOW + 181 });
    t.mock.reset();
  }
});

test("an ask that nobody answers is over after three minutes", (t) => {
  const { responses, state, advance } = attend(t);
  responses.asked({ at: NOW });
  advance(179_999);
  assert.equal(state().askedAt, NOW);
  advance(1);
  assert.deepEqual(state(), NOTHING);
});

test("the end of an ask is on this machine's clock", (t) => {
  const { responses, state, advance } = attend(t, { ...WELCOME, now: NOW + 600 }); // the server's clock is ahead
  responses.asked({ at: NOW + 600 });
  advance(179_999);
  assert.equal(state().askedAt, NOW + 600);
  advance(1);
  assert.equal(state().askedAt, null);
});

test("a page opened after the ask shows it, unless the student has answered since", (t) => {
  assert.equal(attend(t, { ...WELCOME, asked_at: NOW - 100 }).state().askedAt, NOW - 100);
  t.mock.reset();
  const answered = { ...WELCOME, said: given("lost", NOW - 100), asked_at: NOW - 100 };
  assert.equal(attend(t, answered).state().askedAt, null);
  t.mock.reset();
  const { state, advance } = attend(t, { ...WELCOME, asked_at: NOW - 100 });
  advance(80_000);
  assert.equal(state().askedAt, null);
});

test("a second ask is another", (t) => {
  const { responses, state } = attend(t);
  responses.asked({ at: NOW });
  responses.said(given("lost", NOW + 1));
  responses.asked({ at: NOW + 60 });
  assert.deepEqual(state(), { ...NOTHING, answer: "lost", until: NOW + 181, askedAt: NOW + 60 });
});

test("erasing the answer brings back the ask, and leaving ends it", (t) => {
  const { responses, state } = attend(t, { ...WELCOME, asked_at: NOW });
  responses.said(given("lost", NOW + 1));
  responses.said({ answer: null, at: null, holds_until: null });
  assert.equal(state().askedAt, NOW);
  responses.connectionChanged("lost");
  assert.equal(state().askedAt, NOW);
  responses.connectionChanged("closed");
  assert.equal(state().askedAt, null);
});

test("a server's state without an ask ends it", (t) => {
  const { responses, state } = attend(t, { ...WELCOME, asked_at: NOW });
  responses.welcome({ said: null, hand_up: false, now: NOW });
  assert.deepEqual(state(), NOTHING);
});

test("the confirmation of an answer from before the ask leaves the same answer to it pending", (t) => {
  const { responses, state, takeSent, advance } = attend(t);
  responses.answer("lost");
  responses.asked({ at: NOW + 1 });
  responses.answer("lost");
  responses.said(given("lost", NOW));
  assert.equal(state().isAnswerPending, true);
  takeSent();
  advance(2500);
  assert.deepEqual(takeSent(), [{ type: "say", answer: "lost" }]);
  responses.said(given("lost", NOW + 3));
  assert.deepEqual(state(), { ...NOTHING, answer: "lost", until: NOW + 183 });
});

test("an answer to the ask that was not sent is not taken for the same answer from seconds before the ask", (t) => {
  const { responses, takeSent, advance } = attend(t, { ...WELCOME, asked_at: NOW });
  responses.connectionChanged("lost");
  advance(1_000);
  responses.answer("lost");
  responses.welcome({ said: given("lost", NOW - 1), hand_up: false, now: NOW + 1, asked_at: NOW });
  assert.deepEqual(takeSent(), [{ type: "say", answer: "lost" }]);
});

test("an answer sent before the ask, whose confirmation was lost, is not an answer to it", (t) => {
  const { responses, state, takeSent } = attend(t);
  responses.answer("lost");
  takeSent();
  responses.connectionChanged("lost");
  responses.welcome({ said: given("lost", NOW), hand_up: false, now: NOW + 2, asked_at: NOW + 1 });
  assert.deepEqual(takeSent(), []);
  assert.deepEqual([state().isAnswerPending, state().askedAt], [false, NOW + 1]);
});
