// Labels inside stacked layers, since colour alone must not carry the meaning.
import { textScale } from "./text-scale.js";
import { cumulate } from "./windows.js";

const LABEL_HEIGHT_PX = 15;

// Writes each layer's label where the layer is thickest, if it fits there. `getValues` returns a window's layers from
// the lowest upwards, or null.
export function drawLayerLabels(chart, windows, windowS, { getValues, labels, ink }) {
  const { ctx } = chart;
  const inner = windows.filter((window) => getValues(window)).slice(1, -1);
  if (!inner.length) return;
  ctx.save();
  ctx.font = `600 ${11 * textScale() * devicePixelRatio}px system-ui, sans-serif`;
  ctx.fillStyle = ink;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  const toX = (time) => chart.valToPos(time, "x", true);
  const left = toX(inner[0].at - windowS);
  const right = toX(inner.at(-1).at + 2 * windowS);
  const room = (LABEL_HEIGHT_PX / 2) * textScale() * devicePixelRatio;
  for (const [index, label] of labels.entries()) {
    const thickest = inner.reduce((best, each) => (getValues(each)[index] > getValues(best)[index] ? each : best));
    const x = toX(thickest.at + windowS / 2);
    const half = ctx.measureText(label).width / 2;
    if (x - half < left || x + half > right) continue;
    const [bottom, top] = layerEdges(chart, getValues(thickest), index);
    const y = (bottom + top) / 2;
    const covered = windows.filter(({ at }) => toX(at) < x + half && toX(at + windowS) > x - half);
    const fits = covered.every((window) => {
      const [below, above] = layerEdges(chart, getValues(window) ?? [], index);
      return below >= y + room && above <= y - room;
    });
    if (fits) ctx.fillText(label, x, y);
  }
  ctx.restore();
}

// The vertical pixels that bound a window's layer: [bottom, top].
function layerEdges(chart, values, index) {
  const sums = [0, ...cumulate(values)];
  return [chart.valToPos(sums[index], "y", true), chart.valToPos(sums[index + 1], "y", true)];
}
