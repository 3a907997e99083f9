// Markers and alerts over a chart: a line for each, with a label above the plot if there is room for it.
import { resolveColour } from "../lib/colours.js";
import { textScale } from "./text-scale.js";

export const ROOM_FOR_LABELS = 24;
const LONGEST_LABEL = 24;
const LABEL_GAP_PX = 6;

// An annotation has `at` and `text`; `isAlert` if it is an alert, and `isSmall` if it gets a tick without a line.
export function drawAnnotations(chart, annotations, { hasLabels }) {
  const { ctx } = chart;
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  ctx.font = `600 ${11 * textScale() * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  let labelsEnd = -Infinity;
  for (const annotation of visibleOnes(chart, annotations)) {
    ctx.strokeStyle = ctx.fillStyle = resolveColour(annotation.isAlert ? "--warn" : "--text");
    drawSign(chart, annotation);
    if (hasLabels && !annotation.isSmall) labelsEnd = drawLabel(chart, annotation, labelsEnd);
  }
  ctx.restore();
}

// Those within the plot from left to right, with `x`.
function visibleOnes({ bbox, valToPos }, annotations) {
  const placed = annotations.map((annotation) => ({ ...annotation, x: valToPos(annotation.at, "x", true) }));
  return placed.filter(({ x }) => x >= bbox.left && x <= bbox.left + bbox.width).sort((a, b) => a.x - b.x);
}

// A dashed line, unless it is small; a triangle at the top if it is an alert.
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

// Writes the label if it does not touch the one before, and returns where the labels end now.
function drawLabel({ ctx, bbox }, { x, text, isAlert }, labelsEnd) {
  const px = devicePixelRatio;
  const label = text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL - 1)}…` : text;
  const width = ctx.measureText(label).width;
  // Near the right edge the label moves left, so that it ends within the plot.
  const left = Math.min(isAlert ? x + 8 * px : x, bbox.left + bbox.width - width);
  if (left < labelsEnd + LABEL_GAP_PX * px) return labelsEnd;
  ctx.fillText(label, left, bbox.top - 3 * px);
  return left + width;
}
