// Draws the two charts of a timeline with uPlot: stacked shares, and below them how many were present and seen.
import uPlot from "../../vendor/uplot/uPlot.esm.js";
import { EXPRESSIONS, expressionColours, letter, resolveColour } from "./expressions.js";

const MOOD_HEIGHT = 176;
const PRESENCE_HEIGHT = 60;
const AXIS_WIDTH = 44;
// Half of the last time beside the axis reaches over its end.
const LABEL_HALF = 28;
// A live session that has just begun is not stretched over the whole width.
const SHORTEST_SPAN_S = 300;
const LETTER_NEEDS_PX = 15;
// Where windows are narrower than this, lines between the layers would cover them.
const LINE_NEEDS_PX = 5;
const FONT = "12px system-ui, sans-serif";
const HOURS = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const hours = new Intl.DateTimeFormat([], HOURS);
const seconds = new Intl.DateTimeFormat([], { ...HOURS, second: "2-digit" });

export function drawMood(place, windows, windowS, { width, isLive, onPoint }) {
  const { times, columns } = steps(windows, windowS, (window) => window.probabilities && cumulative(window.probabilities));
  const colours = expressionColours();
  const gap = resolveColour("--surface");
  const names = [...EXPRESSIONS].reverse();
  const range = bounds(windows, windowS, isLive);
  const [from, to] = range;
  const line = (width * windowS) / (to - from) >= LINE_NEEDS_PX ? 1 : 0;
  const series = names.map((name) => ({ fill: colours[name], stroke: gap, width: line, paths: stepped, points: { show: false } }));
  return new uPlot(
    {
      ...frame(width, MOOD_HEIGHT),
      series: [{}, ...series],
      scales: { x: { time: true, range }, y: { range: [0, 1] } },
      axes: axes({ values: (_, splits) => splits.map((share) => `${Math.round(share * 100)} %`), splits: () => [0, 0.5, 1] }),
      hooks: {
        draw: [(chart) => drawLetters(chart, windows, windowS)],
        setCursor: [(chart) => onPoint(windowUnder(chart, windows, windowS))],
      },
    },
    [times, ...columns.reverse()],
    place,
  );
}

export function drawPresence(place, windows, windowS, { width, isLive }) {
  const { times, columns } = steps(windows, windowS, (window) => [window.present, window.seen]);
  const most = Math.max(1, ...windows.map((window) => window.present));
  const line = (stroke, fill) => ({ stroke, fill, width: 1.5, paths: stepped, points: { show: false } });
  return new uPlot(
    {
      ...frame(width, PRESENCE_HEIGHT),
      series: [{}, line(resolveColour("--line-strong"), resolveColour("--sunken")), line(resolveColour("--accent"), resolveColour("--accent-wash"))],
      scales: { x: { time: true, range: bounds(windows, windowS, isLive) }, y: { range: [0, most * 1.15] } },
      axes: axes({ splits: () => [0, most], values: (_, splits) => splits.map(String) }, false),
    },
    [times, ...columns],
    place,
  );
}

function stepped(chart, series, from, to) {
  return uPlot.paths.stepped({ align: 1 })(chart, series, from, to);
}

// From windows to columns of points. A window is drawn as wide as it lasts, and where one is missing there is a gap.
function steps(windows, windowS, valuesOf) {
  const times = [];
  const rows = [];
  windows.forEach((window, index) => {
    const values = valuesOf(window);
    times.push(window.at);
    rows.push(values);
    const next = windows[index + 1];
    const goesOn = next && next.at === window.at + windowS && valuesOf(next);
    if (!values || goesOn) return;
    times.push(window.at + windowS - 0.02, window.at + windowS - 0.01);
    rows.push(values, null);
  });
  const width = rows.find(Boolean)?.length ?? 7;
  const columns = Array.from({ length: width }, (_, column) => rows.map((row) => (row ? row[column] : null)));
  return { times, columns };
}

function cumulative(probabilities) {
  let sum = 0;
  return EXPRESSIONS.map((name) => (sum += probabilities[name]));
}

function frame(width, height) {
  return {
    width,
    height,
    padding: [8, LABEL_HALF, 6, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false }, sync: { key: "attune" } },
  };
}

function bounds(windows, windowS, isLive) {
  const from = windows[0]?.at ?? Math.floor(Date.now() / 1000);
  const to = (windows.at(-1)?.at ?? from) + windowS;
  return [from, isLive ? Math.max(from + SHORTEST_SPAN_S, to) : to];
}

function axes(vertical, hasTimes = true) {
  const style = { stroke: resolveColour("--text-soft"), font: FONT, ticks: { show: false } };
  const grid = { stroke: resolveColour("--line"), width: 1 };
  const clock = (_, splits, __, ___, step) => splits.map((at) => (step < 60 ? seconds : hours).format(new Date(at * 1000)));
  return [
    { ...style, values: clock, grid: { show: false }, size: 30, gap: 8, space: 70, show: hasTimes, incrs: [10, 30, 60, 120, 300, 600, 900, 1800, 3600] },
    { ...style, ...vertical, grid, size: AXIS_WIDTH, gap: 6 },
  ];
}

function windowUnder(chart, windows, windowS) {
  if (chart.cursor.left === null || chart.cursor.left < 0) return null;
  const at = chart.posToVal(chart.cursor.left, "x");
  return windows.find((window) => window.at <= at && at < window.at + windowS)?.at ?? null;
}

// A letter in each layer, where it is thickest: colour alone must not carry the meaning.
function drawLetters(chart, windows, windowS) {
  const { ctx } = chart;
  const inside = windows.filter((window) => window.probabilities).slice(1, -1);
  if (!inside.length) return;
  ctx.save();
  ctx.font = `600 ${11 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.fillStyle = resolveColour("--on-expr");
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (const [index, name] of EXPRESSIONS.entries()) {
    const window = inside.reduce((best, each) => (each.probabilities[name] > best.probabilities[name] ? each : best));
    const sums = [0, ...cumulative(window.probabilities)];
    const bottom = chart.valToPos(sums[index], "y", true);
    const top = chart.valToPos(sums[index + 1], "y", true);
    const x = chart.valToPos(window.at + windowS / 2, "x", true);
    if (bottom - top >= LETTER_NEEDS_PX * devicePixelRatio) ctx.fillText(letter(name), x, (bottom + top) / 2);
  }
  ctx.restore();
}
