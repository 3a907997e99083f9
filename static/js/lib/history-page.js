// Pages about past sessions. The server renders everything but the widths of the share bars and the timeline.
import { Timeline } from "../timeline/timeline.js";
import { setUpPrinting } from "./printing.js";
import { sizeShareBars } from "./share-bar.js";
import { setUpSorting } from "./sortable-tables.js";
import { clockTime } from "./time.js";

const root = document.querySelector("[data-report]");
const container = root.querySelector("[data-part=timeline]");
const markerFold = root.querySelector("[data-marker-fold]");
sizeShareBars(root);
setUpSorting(root);
if (container) setUpJumpLinks(drawTimeline());
setUpPrinting();

function drawTimeline() {
  const [windows, answers, annotations] = ["timeline", "answers", "marks"].map(readJson);
  const options = {
    windowS: Number(root.dataset.windowS),
    hasPresence: root.dataset.presence === "yes",
    readsFaces: root.dataset.readsFaces !== "no",
    isAnonymous: root.dataset.anonymous === "yes",
    usualNegative: root.dataset.usualNegative ? Number(root.dataset.usualNegative) : null,
    onChoose: markerFold && openMarkerForm,
  };
  const timeline = new Timeline(container, options);
  timeline.replace(windows, { answers, annotations });
  return timeline;
}

// The chart's first and last windows reach beyond the class, but no marker may.
function openMarkerForm(at) {
  const { start, end } = markerFold.dataset;
  markerFold.open = true;
  markerFold.querySelector("[name=at]").value = clockTime(Math.min(Math.max(at, Number(start)), Number(end)));
  markerFold.querySelector("[name=text]").focus();
}

// Moments and events link to their time in the chart.
function setUpJumpLinks(timeline) {
  const readout = container.querySelector("[data-readout]");
  readout.tabIndex = -1;
  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-jump]");
    if (!link) return;
    event.preventDefault();
    container.closest("section").scrollIntoView({ block: "start" });
    timeline.pointAt(Number(link.dataset.jump));
    readout.focus({ preventScroll: true });
  });
}

function readJson(name) {
  return JSON.parse(document.getElementById(`${name}-data`).textContent);
}
