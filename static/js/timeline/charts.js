// Draws a timeline's charts with uPlot: the mix of expressions, students' answers, and attendance.
import { uPlot } from "../lib/uplot.js";
import { ANSWERS, answerLabel } from "../lib/answers.js";
import { resolveColour, shownColours } from "../lib/colours.js";
import { EXPRESSIONS, NEGATIVE, SHOWN, expressionLetter } from "../lib/expressions.js";
import { ROOM_FOR_LABELS, drawAnnotations } from "./annotations.js";
import { answerFills } from "./answer-patterns.js";
import { drawLayerLabels } from "./layer-labels.js";
import { axes, frame, stepped } from "./layout.js";
import { classLayers, cumulate, findWindow, timeRange, toColumns } from "./windows.js";

const MAIN_HEIGHT = 176;
const SMALL_HEIGHT = 56;
const PRESENCE_HEIGHT = 60;
const BAND_HEIGHT = 48;
// In narrower windows, lines between the layers would cover the layers.
const LINE_NEEDS_PX = 5;
// Expressions from this index up are negative, so the lower edge of this layer marks the negative share.
const NEGATIVE_FROM = EXPRESSIONS.indexOf(NEGATIVE[0]);

// `options`: width, isLive, isSmall, annotations, onPoint, isClass. The class is counted; one student has probabilities.
export function drawMood(place, windows, windowS, options) {
  const mostPresent = Math.max(1, ...windows.map(({ present }) => present));
  const kind = options.isClass
    ? { getValues: classLayers, names: SHOWN, highest: mostPresent, vertical: countAxis(mostPresent) }
    : { getValues: studentLayers, names: EXPRESSIONS, highest: 1, vertical: SHARE_AXIS };
  return drawLayers(place, windows, windowS, {
    ...options,
    ...kind,
    height: options.isSmall ? SMALL_HEIGHT : MAIN_HEIGHT,
    hasTimes: !options.isSmall,
    colours: shownColours().slice(0, kind.names.length),
    // The layer of those who were not read has a surface colour, on which the ink is invisible in dark mode.
    labels: kind.names.map((name) => (name === "unread" ? "" : expressionLetter(name))),
    ink: resolveColour("--on-expr"),
    boundary: NEGATIVE_FROM - 1,
  });
}

const studentLayers = ({ probabilities }) => probabilities && EXPRESSIONS.map((name) => probabilities[name]);

const SHARE_AXIS = {
  values: (_chart, splits) => splits.map((share) => `${Math.round(share * 100)} %`),
  splits: () => [0, 0.5, 1],
};

// How many students gave each answer: large if `options.isMain`, otherwise a band. Windows have `answers` or null.
export function drawAnswers(place, windows, windowS, options) {
  const mostPresent = Math.max(1, ...windows.map(({ present }) => present));
  return drawLayers(place, windows, windowS, {
    ...options,
    height: answersHeight(options),
    hasTimes: Boolean(options.isMain) && !options.isSmall,
    getValues: ({ answers }) => answers && ANSWERS.map((answer) => answers[answer]),
    colours: answerFills(),
    labels: ANSWERS.map(answerLabel),
    ink: resolveColour("--surface"),
    highest: mostPresent * 1.05,
    vertical: countAxis(mostPresent),
  });
}

function answersHeight({ isMain, isSmall }) {
  if (isSmall) return SMALL_HEIGHT;
  return isMain ? MAIN_HEIGHT : BAND_HEIGHT;
}

function drawLayers(place, windows, windowS, options) {
  const { width, height, isLive, annotations, onPoint, getValues, colours, labels, ink, highest, vertical } = options;
  const { boundary = null, hasTimes = true, isSmall = false } = options;
  const { times, columns } = toColumns(windows, windowS, (window) => getValues(window) && cumulate(getValues(window)));
  const range = timeRange(windows, windowS, { isLive, annotations });
  const lineWidth = (width * windowS) / (range[1] - range[0]) >= LINE_NEEDS_PX ? 1 : 0;
  const gap = resolveColour("--surface");
  const missing = times.map(() => null);
  const layers = colours.map((fill, index) => [line(gap, fill, lineWidth), columns[index] ?? missing]);
  // The highest sum is drawn first, and each lower one over it.
  layers.reverse();
  if (boundary !== null) layers.push([line(resolveColour("--text")), columns[boundary]]);
  return new uPlot(
    {
      ...frame(width, height, annotations.length && hasTimes ? ROOM_FOR_LABELS : 8),
      series: [{}, ...layers.map(([series]) => series)],
      scales: { x: { time: true, range }, y: { range: [0, highest] } },
      axes: axes({ ...vertical, show: !isSmall }, hasTimes),
      hooks: {
        draw: [
          (chart) => drawLayerLabels(chart, windows, windowS, { getValues, labels, ink }),
          (chart) => drawAnnotations(chart, annotations, { hasLabels: hasTimes }),
        ],
        setCursor: onPoint ? [(chart) => onPoint(windowUnderCursor(chart, windows, windowS))] : [],
      },
    },
    [times, ...layers.map(([, column]) => column)],
    place,
  );
}

// How many students were present, and how many of them had a readable face.
export function drawPresence(place, windows, windowS, { width, isLive, annotations, readsFaces }) {
  const { times, columns } = toColumns(windows, windowS, ({ present, seen }) => [present, seen]);
  const mostPresent = Math.max(1, ...windows.map(({ present }) => present));
  const lines = [line(resolveColour("--line-strong"), resolveColour("--sunken"))];
  if (readsFaces) lines.push(line(resolveColour("--accent"), resolveColour("--accent-wash")));
  return new uPlot(
    {
      ...frame(width, PRESENCE_HEIGHT),
      series: [{}, ...lines],
      scales: {
        x: { time: true, range: timeRange(windows, windowS, { isLive, annotations }) },
        y: { range: [0, mostPresent * 1.15] },
      },
      axes: axes(countAxis(mostPresent), false),
      hooks: { draw: [(chart) => drawAnnotations(chart, annotations, { hasLabels: false })] },
    },
    [times, ...columns.slice(0, lines.length)],
    place,
  );
}

const line = (stroke, fill, width = 1.5) => ({ stroke, fill, width, paths: stepped, points: { show: false } });

const countAxis = (highest) => ({ splits: () => [0, highest], values: (_chart, splits) => splits.map(String) });

// Returns the window's start, or null.
function windowUnderCursor(chart, windows, windowS) {
  const { left } = chart.cursor;
  if (left === null || left < 0) return null;
  return findWindow(windows, windowS, chart.posToVal(left, "x"))?.at ?? null;
}
