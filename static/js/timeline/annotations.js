// A teacher's markers over a chart: a line each, and its text above the plot where there is room for it.
import { resolveColour } from "../lib/expressions.js";
import { scale } from "./layout.js";

export const ROOM_FOR_LABELS = 24;
const LONGEST = 24;
const APART_PX = 6;

// `markers`: at, text; `isAlert` of those that are alerts, and `isSmall` of those that get no more than a tick.
export function drawMarkers(chart, markers, { hasLabels }) {
  const { ctx } = chart;
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  ctx.font = `600 ${11 * scale() * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  const colours = { true: resolveColour("--warn"), false: resolveColour("--text") };
  let taken = -Infinity;
  for (const marker of inside(chart, markers)) {
    ctx.strokeStyle = ctx.fillStyle = colours[Boolean(marker.isAlert)];
    drawSign(chart, marker);
    if (hasLabels && !marker.isSmall) taken = drawLabel(chart, marker, taken);
  }
  ctx.restore();
}

function inside({ bbox, valToPos }, markers) {
  const placed = markers.map((marker) => ({ ...marker, x: valToPos(marker.at, "x", true) }));
  return placed.filter(({ x }) => x >= bbox.left && x <= bbox.left + bbox.width).sort((a, b) => a.x - b.x);
}

// A line for all that matters to the whole class; an alert has a triangle at its top besides.
function drawSign({ ctx, bbox }, { x, isAlert, isSmall }) {
  const px = devicePixelRatio;
  if (!isSmall) {
    ctx.setLineDash([4 * px, 3 * px]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  if (!isAlert) return;
  ctx.beginPath();
  ctx.moveTo(x - 5 * px, bbox.top - 5 * px);
  ctx.lineTo(x + 5 * px, bbox.top - 5 * px);
  ctx.lineTo(x, bbox.top + 3 * px);
  ctx.fill();
}

// Returns where the label ends; where there is no room for it, the end of the one before.
function drawLabel({ ctx, bbox }, { x, text, isAlert }, taken) {
  const px = devicePixelRatio;
  const label = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  const width = ctx.measureText(label).width;
  // Towards the right edge a label ends at its line instead of beginning there.
  const left = Math.min(isAlert ? x + 8 * px : x, bbox.left + bbox.width - width);
  if (left < taken + APART_PX * px) return taken;
  ctx.fillText(label, left, bbox.top - 3 * px);
  return left + width;
}
