// A timeline's data: windows of `windowS` seconds, each with `at`, its start, and the class's figures.

import { EXPRESSIONS, SHOWN } from "../lib/expressions.js";

// A live session that has just begun does not fill the whole width.
const SHORTEST_SPAN_S = 300;

// Windows as columns of points for stepped layers. Each is as wide as its duration; missing ones leave a gap.
export function toColumns(windows, windowS, getValues) {
  const times = [];
  const rows = [];
  windows.forEach((window, index) => {
    const values = getValues(window);
    times.push(window.at);
    rows.push(values);
    const next = windows[index + 1];
    const continues = next && next.at === window.at + windowS && getValues(next);
    if (!values || continues) return;
    times.push(window.at + windowS - 0.02, window.at + windowS - 0.01);
    rows.push(values, null);
  });
  const width = rows.find(Boolean)?.length ?? 7;
  const columns = Array.from({ length: width }, (_, column) => rows.map((row) => (row ? row[column] : null)));
  return { times, columns };
}

// The layers of a window of the class: how many students show each of SHOWN. If a class was stored before students were
// counted, only their mean is known, so these are the numbers that it stands for. Null if nobody was present, or if an
// anonymous class shows nothing.
export function classLayers({ counts, probabilities, seen, present }) {
  if (!present || seen === null) return null;
  if (counts) return SHOWN.map((name) => counts[name]);
  const shares = EXPRESSIONS.map((name) => (probabilities ? seen * probabilities[name] : 0));
  return [...shares, 0, Math.max(0, present - seen)];
}

export function cumulate(values) {
  let sum = 0;
  return values.map((value) => (sum += value));
}

// From the first window to the end of the last; while live, also to the latest annotation.
export function timeRange(windows, windowS, { isLive, annotations = [] }) {
  const from = windows[0]?.at ?? Math.floor(Date.now() / 1000);
  const end = (windows.at(-1)?.at ?? from) + windowS;
  return [from, isLive ? Math.max(from + SHORTEST_SPAN_S, end, ...annotations.map(({ at }) => at)) : end];
}

export function findWindow(windows, windowS, time) {
  return windows.find(({ at }) => at <= time && time < at + windowS) ?? null;
}
