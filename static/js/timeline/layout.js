// What the charts of a timeline share: their size, time axis, cursor and steps.
import uPlot from "../../vendor/uplot/uPlot.esm.js";
import { resolveColour } from "../lib/expressions.js";
import { LOCALE } from "../lib/i18n.js";

const AXIS_WIDTH = 44;
// Half of the last time beside the axis reaches over its end.
const LABEL_HALF = 28;
// A live session that has just begun is not stretched over the whole width.
const SHORTEST_SPAN_S = 300;
const LETTER_NEEDS_PX = 15;
// Letters and heights follow the page's letter size, which a projector may need larger.
let known = null;
document.addEventListener("attune:theme", () => (known = null));

export function scale() {
  known ??= parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  return known;
}

const HOURS = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const hours = new Intl.DateTimeFormat(LOCALE, HOURS);
const seconds = new Intl.DateTimeFormat(LOCALE, { ...HOURS, second: "2-digit" });

export function stepped(chart, series, from, to) {
  return uPlot.paths.stepped({ align: 1 })(chart, series, from, to);
}

// From windows to columns of points. A window is drawn as wide as it lasts, and where one is missing there is a gap.
export function steps(windows, windowS, valuesOf) {
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

// `top` is room above the plot, for what stands over it.
export function frame(width, height, top = 8) {
  return {
    width,
    height: height * scale(),
    padding: [top * scale(), LABEL_HALF * scale(), 6, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false }, sync: { key: "attune" } },
  };
}

// From the first window to the last, or to a marker set since.
export function bounds(windows, windowS, { isLive, markers = [] }) {
  const from = windows[0]?.at ?? Math.floor(Date.now() / 1000);
  const end = (windows.at(-1)?.at ?? from) + windowS;
  return [from, isLive ? Math.max(from + SHORTEST_SPAN_S, end, ...markers.map((marker) => marker.at)) : end];
}

export function axes(vertical, hasTimes = true) {
  const times = scale();
  const style = {
    stroke: resolveColour("--text-soft"),
    font: `${12 * times}px system-ui, sans-serif`,
    ticks: { show: false },
  };
  const grid = { stroke: resolveColour("--line"), width: 1 };
  const clock = (_, splits, __, ___, step) =>
    splits.map((at) => (step < 60 ? seconds : hours).format(new Date(at * 1000)));
  return [
    {
      ...style,
      values: clock,
      grid: { show: false },
      size: 30 * times,
      gap: 8,
      space: 70 * times,
      show: hasTimes,
      incrs: [10, 30, 60, 120, 300, 600, 900, 1800, 3600],
    },
    { ...style, ...vertical, grid, size: AXIS_WIDTH * times, gap: 6 },
  ];
}

export function windowUnder(chart, windows, windowS) {
  if (chart.cursor.left === null || chart.cursor.left < 0) return null;
  const at = chart.posToVal(chart.cursor.left, "x");
  return windows.find((window) => window.at <= at && at < window.at + windowS)?.at ?? null;
}

export function cumulative(values) {
  let sum = 0;
  return values.map((value) => (sum += value));
}

// A text in each layer, where it is thickest: colour alone must not carry the meaning. `valuesOf` gives a window's
// layers from below, or null.
export function drawLetters(chart, windows, windowS, valuesOf, texts, ink) {
  const { ctx } = chart;
  const inside = windows.filter((window) => valuesOf(window)).slice(1, -1);
  if (!inside.length) return;
  ctx.save();
  ctx.font = `600 ${11 * scale() * devicePixelRatio}px system-ui, sans-serif`;
  ctx.fillStyle = ink;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  const left = chart.valToPos(inside[0].at - windowS, "x", true);
  const right = chart.valToPos(inside.at(-1).at + 2 * windowS, "x", true);
  for (const [index, text] of texts.entries()) {
    const window = inside.reduce((best, each) => (valuesOf(each)[index] > valuesOf(best)[index] ? each : best));
    const [bottom, top] = layerOf(chart, valuesOf(window), index);
    const x = chart.valToPos(window.at + windowS / 2, "x", true);
    const y = (bottom + top) / 2;
    const half = ctx.measureText(text).width / 2;
    const room = (LETTER_NEEDS_PX / 2) * scale() * devicePixelRatio;
    const isUnder = ({ at }) =>
      chart.valToPos(at, "x", true) < x + half && chart.valToPos(at + windowS, "x", true) > x - half;
    const holds = (each) => {
      const [below, above] = layerOf(chart, valuesOf(each) ?? [], index);
      return below >= y + room && above <= y - room;
    };
    if (x - half >= left && x + half <= right && windows.filter(isUnder).every(holds)) ctx.fillText(text, x, y);
  }
  ctx.restore();
}

// The pixels between which a window's layer lies: [bottom, top].
function layerOf(chart, values, index) {
  const sums = [0, ...cumulative(values)];
  return [chart.valToPos(sums[index], "y", true), chart.valToPos(sums[index + 1], "y", true)];
}
