// A teacher's markers over a chart: a line each, and its text above the plot where there is room for it.
import { resolveColour } from "./expressions.js";

export const ROOM_FOR_LABELS = 24;
const LONGEST = 24;
const APART_PX = 6;

export function drawMarkers(chart, markers, { hasLabels }) {
  const { ctx, bbox } = chart;
  const px = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = resolveColour("--text");
  ctx.lineWidth = px;
  ctx.setLineDash([4 * px, 3 * px]);
  ctx.font = `600 ${11 * px}px system-ui, sans-serif`;
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  let taken = -Infinity;
  for (const { at, text } of markers) {
    const x = chart.valToPos(at, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    line(ctx, x, bbox.top, bbox.height);
    if (!hasLabels) continue;
    const label = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
    const width = ctx.measureText(label).width;
    // Towards the right edge a label ends at its line instead of beginning there.
    const left = Math.min(x, bbox.left + bbox.width - width);
    if (left < taken + APART_PX * px) continue;
    ctx.fillText(label, left, bbox.top - 3 * px);
    taken = left + width;
  }
  ctx.restore();
}

function line(ctx, x, top, height) {
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, top + height);
  ctx.stroke();
}
