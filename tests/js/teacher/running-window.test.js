import { freezeTime } from "../page.js";

import assert from "node:assert/strict";
import test from "node:test";

import { RunningWindow } from "../../../static/js/teacher/running-window.js";

const SHOWN = { counts: { happy: 3 }, probabilities: null, seen: 3, present: 4 };
const ANSWERS = { lost: 9, all_good: 0 };
const UPDATE = { mood: { counts: { happy: 3 }, seen: 3, present: 4, enrolled: 9 }, voice: { answers: ANSWERS } };

// A timeline that records what was added last, and a running window that writes into it.
function build() {
  const timeline = {
    added: null,
    replaced: null,
    add: (windows, answers) => (timeline.added = { windows, answers }),
    replace: (windows, options) => (timeline.replaced = { windows, options }),
  };
  return { timeline, running: new RunningWindow(timeline) };
}

const STATE = {
  window_s: 10,
  timeline: [{ at: 1_699_999_990 }],
  answers: [],
  mood: { usual_negative: 0.1 },
  session: { reads_faces: true },
};

const NONE = { windows: [], answers: [] };
const from = (at) => ({ windows: [{ at, ...SHOWN }], answers: [{ at, answers: ANSWERS }] });

test("before the first state there is no window", (t) => {
  freezeTime(t);
  const { timeline, running } = build();
  running.show(UPDATE);
  assert.deepEqual(timeline.added, NONE);
});

test("the window starts at a multiple of its length and has the class's counts and answers", (t) => {
  freezeTime(t, 1_700_000_009);
  const { timeline, running } = build();
  running.start({ ...STATE, now: 1_700_000_009 });
  running.show(UPDATE);
  assert.deepEqual(timeline.added, from(1_700_000_000));
});

test("the first state replaces the timeline", (t) => {
  freezeTime(t);
  const { timeline, running } = build();
  running.start({ ...STATE, now: 1_700_000_009 });
  assert.deepEqual(timeline.replaced, {
    windows: STATE.timeline,
    options: { windowS: 10, answers: [], readsFaces: true, usualNegative: 0.1 },
  });
});

test("windows that have closed come before it with their answers", (t) => {
  freezeTime(t, 1_700_000_012);
  const { timeline, running } = build();
  running.start({ ...STATE, now: 1_700_000_012 });
  const closed = { at: 1_700_000_000, ...SHOWN };
  const answers = { at: 1_700_000_000, answers: { lost: 1, all_good: 0 } };
  running.show({ ...UPDATE, windows: [closed], answers: [answers] });
  const current = from(1_700_000_010);
  assert.deepEqual(timeline.added, { windows: [closed, ...current.windows], answers: [answers, ...current.answers] });
});

test("the server's clock decides which window runs", (t) => {
  const advance = freezeTime(t, 1_700_000_009);
  const { timeline, running } = build();
  running.start({ ...STATE, now: 1_700_000_011.5 }); // 2.5 s ahead
  running.show(UPDATE);
  assert.deepEqual(timeline.added, from(1_700_000_010));
  advance(8_000);
  running.show(UPDATE);
  assert.deepEqual(timeline.added, from(1_700_000_010));
  advance(2_000);
  running.show(UPDATE);
  assert.deepEqual(timeline.added, from(1_700_000_020));
});

test("a clock that is behind does not draw over a window that has closed", (t) => {
  const advance = freezeTime(t, 1_700_000_008);
  const { timeline, running } = build();
  running.start({ ...STATE, now: 1_700_000_008 });
  const closed = { at: 1_700_000_000, ...SHOWN };
  running.show({ ...UPDATE, windows: [closed] });
  assert.deepEqual(timeline.added, { windows: [closed], answers: [] });
  advance(2_000);
  running.show(UPDATE);
  assert.deepEqual(timeline.added, from(1_700_000_010));
});

test("a state that arrives late does not draw over the windows it has, nor over those that closed meanwhile", (t) => {
  const advance = freezeTime(t, 1_700_000_012);
  const { timeline, running } = build();
  running.show({ ...UPDATE, windows: [{ at: 1_700_000_000, ...SHOWN }] });
  running.start({ ...STATE, now: 1_700_000_004 });
  running.show(UPDATE);
  assert.deepEqual(timeline.added, NONE);
  running.start({ ...STATE, now: 1_700_000_004, timeline: [{ at: 1_700_000_010 }] });
  advance(6_000);
  running.show(UPDATE);
  assert.deepEqual(timeline.added, NONE);
});

test("the window is drawn at most every two seconds", (t) => {
  const advance = freezeTime(t);
  const { timeline, running } = build();
  running.start({ ...STATE, now: 1_700_000_000 });
  const drawn = () => {
    running.show(UPDATE);
    return timeline.added.windows.length;
  };
  assert.equal(drawn(), 1);
  advance(1_999);
  assert.equal(drawn(), 0);
  advance(1);
  assert.equal(drawn(), 1);
});

test("the running window of an anonymous class does not repeat the minute that the bar shows", (t) => {
  freezeTime(t, 1_700_000_009);
  const { timeline, running } = build();
  running.start({ ...STATE, session: { reads_faces: true, anonymous: true }, now: 1_700_000_009 });
  running.show(UPDATE);
  assert.deepEqual(timeline.added.windows, [
    { at: 1_700_000_000, counts: null, probabilities: null, seen: null, present: 4 },
  ]);
});
