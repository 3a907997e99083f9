// The size, axes and cursor shared by a timeline's charts.
import { uPlot } from "../lib/uplot.js";
import { resolveColour } from "../lib/colours.js";
import { clockTime, shortClockTime } from "../lib/time.js";
import { textScale } from "./text-scale.js";

const AXIS_WIDTH = 44;
// Half of the last time's label reaches beyond the end of the axis.
const LABEL_HALF = 28;
const TIME_STEPS_S = [10, 30, 60, 120, 300, 600, 900, 1800, 3600];

export function stepped(chart, series, from, to) {
  return uPlot.paths.stepped({ align: 1 })(chart, series, from, to);
}

// `top` is the room above the plot.
export function frame(width, height, top = 8) {
  return {
    width,
    height: height * textScale(),
    padding: [top * textScale(), LABEL_HALF * textScale(), 6, 0],
    legend: { show: false },
    // uPlot stops a click that it takes for a drag, as at the edge of the chart or while the page scrolls.
    cursor: { y: false, drag: { x: false, y: false, click() {} }, points: { show: false }, sync: { key: "attune" } },
  };
}

export function axes(vertical, hasTimes = true) {
  const scale = textScale();
  const style = {
    stroke: resolveColour("--text-soft"),
    font: `${12 * scale}px system-ui, sans-serif`,
    ticks: { show: false },
  };
  const formatTimes = (_chart, splits, _axis, _space, stepS) => splits.map(stepS < 60 ? clockTime : shortClockTime);
  const horizontal = {
    values: formatTimes,
    grid: { show: false },
    size: 30 * scale,
    gap: 8,
    space: 70 * scale,
    show: hasTimes,
    incrs: TIME_STEPS_S,
  };
  const grid = { stroke: resolveColour("--line"), width: 1 };
  return [
    { ...style, ...horizontal },
    { ...style, ...vertical, grid, size: AXIS_WIDTH * scale, gap: 6 },
  ];
}
