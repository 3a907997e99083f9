// Draws the charts of a timeline with uPlot: stacked shares, what students say, and how many were present and seen.
import uPlot from "../../vendor/uplot/uPlot.esm.js";
import { ANSWERS, answerColours, answerWord } from "../lib/answers.js";
import { EXPRESSIONS, NEGATIVE, expressionColours, letter, resolveColour } from "../lib/expressions.js";
import { axes, bounds, cumulative, drawLetters, frame, stepped, steps, windowUnder } from "./layout.js";
import { ROOM_FOR_LABELS, drawMarkers } from "./annotations.js";

const MOOD_HEIGHT = 176;
// Where a running class has room, its timeline is what the page is about.
const LIVE_HEIGHT = 248;
const WIDE_PX = 560;
const PRESENCE_HEIGHT = 60;
const BAND_HEIGHT = 48;
// Where windows are narrower than this, lines between the layers would cover them.
const LINE_NEEDS_PX = 5;
// From the first of these upwards expressions count as negative; the line below them is the negative share.
const NEGATIVE_FROM = EXPRESSIONS.indexOf(NEGATIVE[0]);

// `options`: width, isLive, markers, onPoint.
export function drawMood(place, windows, windowS, options) {
  const sharesOf = ({ probabilities }) => probabilities && EXPRESSIONS.map((name) => probabilities[name]);
  const colours = expressionColours();
  return drawLayers(place, windows, windowS, {
    ...options,
    height: options.isLive && options.width >= WIDE_PX ? LIVE_HEIGHT : MOOD_HEIGHT,
    valuesOf: sharesOf,
    colours: EXPRESSIONS.map((name) => colours[name]),
    texts: EXPRESSIONS.map(letter),
    ink: resolveColour("--on-expr"),
    most: 1,
    boundary: NEGATIVE_FROM - 1,
    vertical: {
      values: (_, splits) => splits.map((share) => `${Math.round(share * 100)} %`),
      splits: () => [0, 0.5, 1],
    },
  });
}

// How many of those present said what: large where it is the main figure, else a band. Windows have `answers` or null.
export function drawAnswers(place, windows, windowS, options) {
  const most = Math.max(1, ...windows.map((window) => window.present));
  return drawLayers(place, windows, windowS, {
    ...options,
    height: options.isMain ? MOOD_HEIGHT : BAND_HEIGHT,
    hasTimes: Boolean(options.isMain),
    valuesOf: ({ answers }) => answers && ANSWERS.map((answer) => answers[answer]),
    colours: answerColours(),
    texts: ANSWERS.map(answerWord),
    ink: resolveColour("--surface"),
    most: most * 1.05,
    vertical: { values: (_, splits) => splits.map(String), splits: () => [0, most] },
  });
}

function drawLayers(
  place,
  windows,
  windowS,
  {
    width,
    height,
    isLive,
    markers,
    onPoint,
    valuesOf,
    colours,
    texts,
    ink,
    most,
    vertical,
    boundary = null,
    hasTimes = true,
  },
) {
  const { times, columns } = steps(windows, windowS, (window) => valuesOf(window) && cumulative(valuesOf(window)));
  const gap = resolveColour("--surface");
  const range = bounds(windows, windowS, { isLive, markers });
  const line = (width * windowS) / (range[1] - range[0]) >= LINE_NEEDS_PX ? 1 : 0;
  // The highest sum is drawn first, and each lower one over it.
  const layers = colours
    .map((fill, index) => [
      { fill, stroke: gap, width: line, paths: stepped, points: { show: false } },
      columns[index] ?? times.map(() => null),
    ])
    .reverse();
  if (boundary !== null)
    layers.push([
      { stroke: resolveColour("--text"), width: 1.5, paths: stepped, points: { show: false } },
      columns[boundary],
    ]);
  return new uPlot(
    {
      ...frame(width, height, markers.length && hasTimes ? ROOM_FOR_LABELS : 8),
      series: [{}, ...layers.map(([series]) => series)],
      scales: { x: { time: true, range }, y: { range: [0, most] } },
      axes: axes(vertical, hasTimes),
      hooks: {
        draw: [
          (chart) => drawLetters(chart, windows, windowS, valuesOf, texts, ink),
          (chart) => drawMarkers(chart, markers, { hasLabels: hasTimes }),
        ],
        setCursor: onPoint ? [(chart) => onPoint(windowUnder(chart, windows, windowS))] : [],
      },
    },
    [times, ...layers.map(([, column]) => column)],
    place,
  );
}

export function drawPresence(place, windows, windowS, { width, isLive, markers, readsFaces }) {
  const { times, columns } = steps(windows, windowS, ({ present, seen }) => (readsFaces ? [present, seen] : [present]));
  const most = Math.max(1, ...windows.map((window) => window.present));
  const line = (stroke, fill) => ({ stroke, fill, width: 1.5, paths: stepped, points: { show: false } });
  const present = line(resolveColour("--line-strong"), resolveColour("--sunken"));
  const seen = line(resolveColour("--accent"), resolveColour("--accent-wash"));
  return new uPlot(
    {
      ...frame(width, PRESENCE_HEIGHT),
      series: [{}, present, ...(readsFaces ? [seen] : [])],
      scales: {
        x: { time: true, range: bounds(windows, windowS, { isLive, markers }) },
        y: { range: [0, most * 1.15] },
      },
      axes: axes({ splits: () => [0, most], values: (_, splits) => splits.map(String) }, false),
      hooks: { draw: [(chart) => drawMarkers(chart, markers, { hasLabels: false })] },
    },
    [times, ...columns.slice(0, readsFaces ? 2 : 1)],
    place,
  );
}
